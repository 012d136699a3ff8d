import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { component } from "../../../test/support/catalog-folder.ts";
import type { Ended } from "../../../test/support/cli.ts";
import { ordersInGit } from "../../../test/support/orders-in-git.ts";

const { place, callIn, git, commit, read } = ordersInGit({});
const add = (...argv: string[]): Promise<Ended> => callIn("orders", "service", "add", ...argv);

describe("gennet service add", () => {
  it("gennet service add adds a dependency and a caller, and keeps edits", async () => {
    const readme = await read("README.md");
    await writeFile(join(place().folder, "orders/README.md"), readme.replace(/^# .*$/m, "# Orders, by us"));
    await commit();
    const dry = await add("dependency", "payments", "--dry-run");
    expect([dry.exit, dry.stdout]).toEqual([8, expect.stringContaining("orders would get the dependency payments:\n")]);
    expect(await git("status", "--porcelain")).toBe("");
    const { exit, stdout } = await add("dependency", "payments");
    expect([exit, stdout]).toEqual([
      0,
      expect.stringMatching(/^✔ orders: now has the dependency payments, \d+ files\n/),
    ]);
    expect(await read("catalog-info.yaml")).toContain("  dependsOn:\n    - component:payments\n");
    expect(await read("README.md")).toContain("# Orders, by us");
    await commit();
    expect((await callIn(".", "service", "add", "caller", "web", "--dir", "orders")).exit).toBe(0);
    expect(await read(".gennet/answers.yaml")).toMatch(/depends_on:\n {4}- payments\n {2}called_by:\n {4}- web\n/);
    const again = await add("caller", "web");
    expect([again.exit, again.stdout]).toEqual([0, "✔ orders already has the caller web.\n"]);
  });

  it("gennet service add accepts several features at once", async () => {
    const { exit, stdout } = await add("redis", "neo4j", "-o", "json");
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "ServiceAdd", what: "feature", added: ["redis", "neo4j"] });
  });

  it.each([
    [["rdis"], "SCAFFOLD_FEATURE_UNKNOWN"],
    [["dependency"], "USAGE_INVALID"],
    [["dependency", "orders"], 'gennet service add dependency: "orders" is invalid'],
    [["caller", "Web"], "SCAFFOLD_PEER_INVALID"],
    [["redis", "--dir", "nowhere"], "SCAFFOLD_NOT_A_SERVICE"],
    [[], "USAGE_INVALID"],
  ])("gennet service add rejects %j", async (words, says) => {
    const { exit, stdout, stderr } = await add(...words);
    expect([exit, stdout, stderr]).toEqual([2, "", expect.stringContaining(says)]);
    expect(await git("status", "--porcelain")).toBe("");
  });
});

describe("gennet service add caller, without a name", () => {
  it("gennet service add caller adds the services that depend on it according to the repository's catalogue, and says so", async () => {
    for (const name of ["web", "admin"])
      await place().write(name, component(name, { dependsOn: ["component:orders"] }));
    await place().write("stock", component("stock", { dependsOn: ["component:payments"] }));
    // A service may declare a dependency on itself; it needs no permission to call itself.
    await place().write("orders", component("orders", { dependsOn: ["component:orders"] }));
    await commit();
    const { exit, stdout, stderr } = await add("caller");
    expect(exit).toBe(0);
    expect(stderr).toContain("Callers according to the catalogue in ..: admin, web");
    expect(stdout).toContain("orders: now has the callers admin, web, ");
    await commit();
    expect((await add("caller")).stdout).toBe("✔ orders already has the callers admin, web.\n");
  });

  it("gennet service add caller changes nothing if there are no callers", async () => {
    const { exit, stdout } = await add("caller");
    expect([exit, stdout]).toEqual([0, "✔ orders has no callers in the catalogue (..).\n"]);
    expect(await git("status", "--porcelain")).toBe("");
  });

  it("gennet service add caller rejects a catalogue that may hide a caller, which would be denied", async () => {
    await place().write("web", component("web", { dependsOn: ["component:orders"] }));
    await mkdir(join(place().folder, "broken"));
    await place().write("broken", "metadata: [\n");
    await commit();
    const { exit, stderr } = await add("caller");
    expect(exit).toBe(3);
    expect(stderr).toContain("../broken/catalog-info.yaml:2:1 invalid YAML");
    expect(await git("status", "--porcelain")).toBe("");
    expect((await add("caller", "web")).exit).toBe(0);
  });
});
