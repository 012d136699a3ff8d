import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { sandboxFolder } from "../../src/sandbox/folders.ts";
import { packageProblem } from "../../src/scaffold/python-package.ts";
import { shippedTemplate } from "../../src/scaffold/shipped-template.ts";
import { type Ended, repository, run, runGennet } from "../support/cli.ts";
import { referees } from "../support/referees.ts";
import { passesItsOwnChecks, scaffolded } from "../support/scaffolded-service.ts";

describe("a scaffolded service", () => {
  const service = scaffolded("order-intake");
  passesItsOwnChecks(service);

  it("has a lockfile that its image can be built from", async () => {
    expect(await service.uv("lock", "--check")).toMatchObject({ exit: 0 });
  });
});

describe("a service that calls two others", () => {
  const service = scaffolded("orders", "--depends-on", `${"z".repeat(63)},order-stock`, "--called-by", "web");
  passesItsOwnChecks(service);

  it("reserves every name under which its environment would find another module", async () => {
    const { reservedPackages } = await shippedTemplate("fastapi-service");
    const script = `
import importlib.metadata, json, sys
names = set(importlib.metadata.packages_distributions()) | set(sys.stdlib_module_names)
names |= {name.lower() for each in importlib.metadata.distributions() if (name := each.name)}
print(json.dumps(sorted(name.replace("-", "_") for name in names)))`;
    const { stdout } = await service.run("python", "-c", script);
    const names = JSON.parse(stdout) as string[];
    expect(names.length).toBeGreaterThan(200);
    const usable = names.filter((name) => /^[a-z][a-z0-9_]*[a-z0-9]$/.test(name) && name !== "orders");
    expect(usable.filter((name) => packageProblem(name, reservedPackages) === undefined)).toEqual([]);
  });
});

describe("a scaffolded service's manifests", () => {
  const peers = ["--depends-on", `n,${"z".repeat(63)}`, "--called-by", "y,web"];
  const services: [name: string, objects: number, flags: string[]][] = [
    ["order-intake", 8, []],
    ["y", 8, []],
    ["b", 14, peers],
    ["a".repeat(63), 14, peers],
  ];
  let folder: string;
  let kubectl: (...words: string[]) => Promise<Ended>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gennet-manifests-"));
    const { name, stateHome } = inject("sandbox");
    const { kubeconfig } = sandboxFolder({ env: { XDG_STATE_HOME: stateHome }, home: "/" }, name);
    const { kubectl: program } = await referees();
    kubectl = (...words) => run(program, ["--kubeconfig", kubeconfig, ...words], { cwd: folder });
  });
  afterAll(async () => {
    await kubectl("delete", "namespace", "--ignore-not-found", ...services.map(([name]) => name));
    await rm(folder, { recursive: true, force: true });
  });

  it.each(services)("of %s are taken by a real API server without a warning", async (name, objects, flags) => {
    const words = ["new", "service", name, "--domain", "n", "--owner", "123", ...flags];
    const made = await runGennet(words, { cwd: folder });
    expect(made).toMatchObject({ exit: 0 });
    const deploy = join(folder, name, "deploy");
    // In a dry run nothing is stored, so the namespace of the others must be there.
    expect(await kubectl("apply", "-f", join(deploy, "00-namespace.yaml"))).toMatchObject({ exit: 0, stderr: "" });
    const strictly = ["--server-side", "--dry-run=server", "--warnings-as-errors", "--validate=strict"];
    const applied = await kubectl("apply", ...strictly, "--filename", deploy);
    expect(applied).toMatchObject({ exit: 0, stderr: "" });
    expect(applied.stdout.trim().split("\n")).toHaveLength(objects);
  });
});

describe("the packed gennet", () => {
  it("has every file of the template", async () => {
    const { exit, stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: repository });
    expect(exit).toBe(0);
    const [pack] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const packed = new Set(pack.files.map((file) => file.path));
    const { files } = await shippedTemplate("fastapi-service");
    const paths = files.map((file) => `templates/fastapi-service/files/${file.path}`);
    expect(paths.filter((path) => !packed.has(path))).toEqual([]);
    expect(packed).toContain("templates/fastapi-service/template.yaml");
  });
});
