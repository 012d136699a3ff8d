import { describe, expect, it } from "vitest";
import { parseGoMod, readPins } from "./pins.ts";

describe("parseGoMod", () => {
  it("reads the version of Go, of Kubernetes, and the tools", () => {
    const text =
      "module x\n\ngo 1.26.0\n\ntool (\n\tgo.etcd.io/etcd/server/v3\n\tsigs.k8s.io/kwok/cmd/kwok\n)\n\nrequire (\n\tk8s.io/kubernetes v1.37.2 // indirect\n)\n";
    expect(parseGoMod(text)).toEqual({
      go: "1.26.0",
      kubernetes: "v1.37.2",
      tools: ["go.etcd.io/etcd/server/v3", "sigs.k8s.io/kwok/cmd/kwok"],
    });
  });

  it("refuses a file without tools", () => {
    expect(() => parseGoMod("go 1.26.0\nrequire k8s.io/kubernetes v1.37.2")).toThrow(/lacks/);
  });

  it("reads the shipped one", async () => {
    const { tools, kubernetes } = await readPins();
    expect(kubernetes).toMatch(/^v1\.\d+\.\d+$/);
    expect(tools).toHaveLength(5);
  });
});
