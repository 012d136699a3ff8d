import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, repository, run } from "../support/cli.ts";
import { isNightly } from "../support/effort.ts";
import { endsOf, installedPythons } from "../support/pythons.ts";
import { findUv, keepsBytecode } from "../support/uv.ts";

const kit = join(repository, "service-kit");
const uv = await findUv();
const found = await installedPythons(uv);
/** By day, the oldest and the newest version; a machine has at least one. */
const chosen = isNightly ? found : endsOf(found);

it(`This machine has a Python that services support: ${chosen.map(({ version }) => version).join(" and ")}`, () => {
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

  it("The service kit passes mypy --strict", async () => {
    expect(await inKit("mypy", "--cache-dir", join(place, "mypy"))).toMatchObject({ exit: 0 });
  });

  it("The service kit passes its tests on real stores, and reaches the required coverage", async () => {
    const { exit, stdout } = await inKit("pytest", "-q", "-rs", "-p", "no:cacheprovider", "--cov", "--cov-report=term");
    process.stdout.write(`${stdout.split("\n").slice(-12).join("\n")}\n`);
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{3,} passed/m) as string });
  });
});

describe("the service kit", () => {
  it.each([
    ["clean under ruff check", ["check"]],
    ["formatted as ruff does", ["format", "--check"]],
  ])("The service kit is %s", async (_what, words) => {
    expect(await run(uv, ["run", "--locked", "--quiet", "ruff", ...words], { cwd: kit })).toMatchObject({ exit: 0 });
  });
});
