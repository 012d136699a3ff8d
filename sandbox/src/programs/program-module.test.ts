import { describe, expect, it } from "vitest";
import { catalogue, type ModuleName, programsOf, stamps } from "./catalogue.ts";
import { parseGoMod, readModule } from "./program-module.ts";

describe("parseGoMod", () => {
  const text =
    "module x\n\ngo 1.26.0\n\ntool (\n\tgo.etcd.io/etcd/server/v3\n\tsigs.k8s.io/kwok/cmd/kwok\n)\n\nrequire (\n\tk8s.io/kubernetes v1.37.2 // indirect\n)\n\nrequire k8s.io/api v0.37.2\n";

  it("parseGoMod reads the version of Go, the tools and the requirements", () => {
    const { go, tools, versionOf } = parseGoMod(text);
    expect(go).toBe("1.26.0");
    expect(tools).toEqual(["go.etcd.io/etcd/server/v3", "sigs.k8s.io/kwok/cmd/kwok"]);
    expect([versionOf("k8s.io/kubernetes"), versionOf("k8s.io/api")]).toEqual(["v1.37.2", "v0.37.2"]);
    expect(() => versionOf("k8s.io/kube")).toThrow(/does not require/);
  });

  it("parseGoMod reads a single tool, and rejects a file without one", () => {
    expect(parseGoMod("go 1.26.0\n\ntool sigs.k8s.io/kwok/cmd/kwok\n").tools).toEqual(["sigs.k8s.io/kwok/cmd/kwok"]);
    expect(() => parseGoMod("go 1.26.0\nrequire k8s.io/kubernetes v1.37.2")).toThrow(/lacks/);
  });
});

const names = Object.keys(catalogue) as ModuleName[];

describe("the modules of sandbox/", () => {
  it.each(names)("The module %s pins exactly the programs of the catalogue", async (name) => {
    const { tools } = await readModule(name);
    expect([...tools].sort()).toEqual(Object.values(programsOf(name)).sort());
  });

  it.each(Object.entries(stamps))("The module %s requires the module whose version it links into its programs", async (name, stamp) => {
    expect((await readModule(name as ModuleName)).versionOf(stamp.of)).toMatch(/^v\d+\.\d+\.\d+/);
  });

  it("Modules have different digests, so that a change of one does not recompile another", async () => {
    const digests = await Promise.all(names.map(async (name) => (await readModule(name)).digest));
    expect(new Set(digests).size).toBe(digests.length);
  });
});
