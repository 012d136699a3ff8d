import { mkdtemp, readdir, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, repository, run } from "../support/cli.ts";
import { isNightly } from "../support/effort.ts";
import { findUv, keepsBytecode } from "../support/uv.ts";

const kit = join(repository, "service-kit");
/** Those of `requires-python` that services run on. */
const versions = ["3.11", "3.12", "3.13", "3.14"];

const uv = await findUv();
const found = await installed();
/** By day the oldest and the newest; a machine has at least one. */
const ends = [found.at(0), found.at(-1)].filter((each) => each !== undefined);
const chosen = isNightly ? found : ends.filter((each, at) => ends.indexOf(each) === at);

interface Python {
  readonly version: string;
  readonly program: string;
}

/** Those on the PATH, and those that pyenv keeps apart from it. */
async function installed(): Promise<readonly Python[]> {
  const kept = join(process.env["PYENV_ROOT"] ?? join(homedir(), ".pyenv"), "versions");
  const names = await readdir(kept).catch(() => []);
  const pythons = await Promise.all(
    versions.map(async (version) => {
      const name = names.find((each) => each.startsWith(`${version}.`));
      const asked = name === undefined ? version : join(kept, name, "bin/python");
      const words = ["python", "find", "--no-project", "--no-python-downloads", asked];
      const { exit, stdout } = await run(uv, words);
      return exit === 0 ? [{ version, program: stdout.trim() }] : [];
    }),
  );
  return pythons.flat();
}

it(`finds a Python that services may run on, here ${chosen.map(({ version }) => version).join(" and ")}`, () => {
  expect(chosen.length).toBeGreaterThan(0);
});

describe.each(chosen)("the service kit on Python $version", ({ program }) => {
  let place = "";
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), "gennet-kit-"));
  });
  afterAll(async () => rm(place, { recursive: true, force: true }));

  const inKit = (...words: string[]): Promise<Ended> =>
    run(uv, ["run", "--locked", "--no-python-downloads", "--python", program, "--quiet", ...words], {
      cwd: kit,
      env: {
        ...keepsBytecode,
        UV_PROJECT_ENVIRONMENT: join(place, "environment"),
        COVERAGE_FILE: join(place, "coverage"),
      },
    });

  it("is typed strictly", async () => {
    expect(await inKit("mypy", "--cache-dir", join(place, "mypy"))).toMatchObject({ exit: 0 });
  });

  it("passes its tests on real stores and reaches their coverage", async () => {
    const { exit, stdout } = await inKit("pytest", "-q", "-rs", "-p", "no:cacheprovider", "--cov", "--cov-report=term");
    process.stdout.write(`${stdout.split("\n").slice(-12).join("\n")}\n`);
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{3,} passed/m) as string });
  });
});

describe("the service kit", () => {
  it.each([
    ["clean under ruff check", ["check"]],
    ["formatted as ruff does", ["format", "--check"]],
  ])("is %s", async (_what, words) => {
    expect(await run(uv, ["run", "--locked", "--quiet", "ruff", ...words], { cwd: kit })).toMatchObject({ exit: 0 });
  });
});
