import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageProblem } from "../../src/scaffold/python-package.ts";
import { shippedTemplate } from "../../src/scaffold/shipped-template.ts";
import { type Ended, run, runGennet } from "./cli.ts";
import { findUv, keepsBytecode } from "./uv.ts";

/** A service scaffolded for a block of tests, with its own tools. */
export interface ServiceUnderTest {
  readonly path: (...below: string[]) => string;
  /** Runs a program of the service's environment. */
  readonly run: (...words: string[]) => Promise<Ended>;
  /** Does the same, with environment variables. */
  readonly runWith: (env: Variables, ...words: string[]) => Promise<Ended>;
  readonly uv: (...words: string[]) => Promise<Ended>;
}

export type Variables = Readonly<Record<string, string | undefined>>;

/** Whatever its name, it stores items. */
export function scaffolded(name: string, ...flags: string[]): ServiceUnderTest {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    program = await findUv();
    folder = await mkdtemp(join(tmpdir(), "gennet-scaffold-"));
    const words = ["new", "service", name, "--domain", "shop", "--owner", "team-shop", "--entity", "item", ...flags];
    const { exit, stderr } = await runGennet(words, { cwd: folder });
    if (exit !== 0) throw new Error(stderr);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const uv = (env: Variables, ...words: string[]): Promise<Ended> =>
    run(program, words, { cwd: join(folder, name), env: { ...keepsBytecode, ...env } });
  return {
    path: (...below) => join(folder, name, ...below),
    run: (...words) => uv({}, "run", "--quiet", ...words),
    runWith: (env, ...words) => uv(env, "run", "--quiet", ...words),
    uv: (...words) => uv({}, ...words),
  };
}

export function passesItsOwnChecks(service: ServiceUnderTest): void {
  it("passes its own tests", async () => {
    const { exit, stdout } = await service.run("pytest", "-q");
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{2,} passed/m) as string });
  });

  it.each([
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["mypy", "--strict"],
  ])("is clean under %s %s", async (...words) => {
    const { exit, stdout, stderr } = await service.run(...words);
    expect({ exit, output: stdout + stderr }).toMatchObject({ exit: 0 });
  });
}

/** A service may have any name except that of a module in its environment. */
export function reservesWhatItInstalls(service: ServiceUnderTest, name: string): void {
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
    const usable = names.filter((each) => /^[a-z][a-z0-9_]*[a-z0-9]$/.test(each) && each !== name);
    expect(usable.filter((each) => packageProblem(each, reservedPackages) === undefined)).toEqual([]);
  });
}
