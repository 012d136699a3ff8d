import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { sandboxFolder } from "../../src/sandbox/folders.ts";
import { packageProblem } from "../../src/scaffold/python-package.ts";
import { shippedTemplate } from "../../src/scaffold/shipped-template.ts";
import { type Ended, repository, run, runGennet } from "../support/cli.ts";
import { referees } from "../support/referees.ts";
import { findUv } from "../support/uv.ts";

/** A service made for a block of tests, with its own tools run inside it. */
interface ServiceUnderTest {
  readonly path: (...below: string[]) => string;
  /** A program of the service's environment. */
  readonly run: (...words: string[]) => Promise<Ended>;
  readonly uv: (...words: string[]) => Promise<Ended>;
}

function scaffolded(name: string, ...flags: string[]): ServiceUnderTest {
  let folder: string;
  let program: string;
  beforeAll(async () => {
    program = await findUv();
    folder = await mkdtemp(join(tmpdir(), "gennet-scaffold-"));
    const words = ["new", "service", name, "--domain", "shop", "--owner", "team-shop", ...flags];
    const { exit, stderr } = await runGennet(words, { cwd: folder });
    if (exit !== 0) throw new Error(stderr);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const uv = (...words: string[]): Promise<Ended> => run(program, words, { cwd: join(folder, name) });
  return {
    path: (...below) => join(folder, name, ...below),
    run: (...words) => uv("run", "--quiet", ...words),
    uv,
  };
}

function passesItsOwnChecks(service: ServiceUnderTest): void {
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

/** What a service's tests that find a mistake end with: a test that cannot fail proves nothing. */
const found = { exit: 1, stdout: expect.stringContaining("1 failed") as string };

/** Runs a service's tests with a mistake put into a file. */
async function withMistake(
  service: ServiceUnderTest,
  path: string,
  [right, wrong]: readonly [string, string],
  tests: readonly string[],
): Promise<{ exit: number | null; stdout: string }> {
  const text = await readFile(path, "utf8");
  expect(text).toContain(right);
  await writeFile(path, text.replace(right, wrong));
  try {
    const { exit, stdout } = await service.run("pytest", "-q", "-x", ...tests);
    return { exit, stdout };
  } finally {
    await writeFile(path, text);
  }
}

describe("a scaffolded service", () => {
  const service = scaffolded("order-intake");
  passesItsOwnChecks(service);

  it("has a lockfile that its image can be built from", async () => {
    expect(await service.uv("lock", "--check")).toMatchObject({ exit: 0 });
  });

  it.each([
    ["health.py", "HTTP_503_SERVICE_UNAVAILABLE", "HTTP_200_OK"],
    ["health.py", "passed = await asyncio.gather", "passed = [True for _ in self._checks] or await asyncio.gather"],
    ["app.py", "readiness.accepting = False\n", "pass\n"],
    ["problems.py", 'MEDIA_TYPE = "application/problem+json"', 'MEDIA_TYPE = "application/json"'],
    ["requests.py", "log.exception(", "log.error("],
    ["requests.py", "REQUEST_ID.fullmatch(request_id)", "request_id"],
    ["metrics.py", '"path", "unmatched"', '"path", scope["path"]'],
    ["items/store.py", "ids.index(after) + 1", "ids.index(after)"],
    ["items/model.py", 'extra="forbid", ', ""],
    ["app.py", '"auto_configure": True', '"auto_configure": False'],
    ["app.py", ".startswith(QUIET)", ".startswith(())"],
    ["__main__.py", "raise SystemExit(explain(error)) from None", "raise"],
  ])("has a test that finds a mistake in %s: %s", async (file, right, wrong) => {
    const path = service.path("src", "order_intake", file);
    const ended = await withMistake(service, path, [right, wrong], ["--ignore", "tests/test_lint.py"]);
    expect(ended).toMatchObject(found);
  });
});

describe("a service that calls two others", () => {
  const service = scaffolded("orders", "--depends-on", `${"z".repeat(63)},order-stock`, "--called-by", "web");
  passesItsOwnChecks(service);

  it.each([
    ["breaker.py", "or self._probing:", "or False:"],
    ["breaker.py", "if permit != self._period:", "if False:"],
    ["breaker_transport.py", "succeeded: bool | None = None", "succeeded: bool | None = False"],
    ["retries.py", "attempts = self._settings.attempts if repeatable else 1", "attempts = self._settings.attempts"],
    ["retries.py", "(left is None or wait < left)", "True"],
    ["deadline.py", "min(self._seconds, left)", "self._seconds"],
    ["errors.py", "HTTPStatus.SERVICE_UNAVAILABLE", "HTTPStatus.BAD_GATEWAY"],
    [
      "outgoing.py",
      "AsyncOpenTelemetryTransport(httpx.AsyncHTTPTransport(limits=limits))",
      "httpx.AsyncHTTPTransport()",
    ],
  ])("has a test that finds a mistake in %s: %s", async (file, right, wrong) => {
    const path = service.path("src", "orders", "calls", file);
    expect(await withMistake(service, path, [right, wrong], ["tests/calls"])).toMatchObject(found);
  });

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
