import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Ended, run } from "../support/cli.ts";
import { scaffolded } from "../support/scaffolded-service.ts";
import { findUv } from "../support/uv.ts";

const stores = ["postgres", "redis", "neo4j"];
const peers = [
  { says: "alone", flags: [] },
  { says: "that calls another", flags: ["--depends-on", "stock"] },
  { says: "that is called", flags: ["--called-by", "web"] },
  { says: "between others", flags: ["--depends-on", "stock,prices", "--called-by", "web"] },
];

/** One environment and one cache of types for all of them: only what differs is installed and read again. */
const folder = join(tmpdir(), `gennet-combinations-${process.pid}`);
const shared = { UV_PROJECT_ENVIRONMENT: folder, MYPY_CACHE_DIR: join(folder, "mypy") };
afterAll(() => rm(folder, { recursive: true, force: true }));

const combinations = stores
  .reduce<string[][]>((all, store) => all.concat(all.map((chosen) => [...chosen, store])), [[]])
  .flatMap((chosen) => peers.map(({ says, flags }) => ({ chosen, says, flags })));

describe.each(combinations)("a service with [$chosen] $says", ({ chosen, flags }) => {
  const features = chosen.length === 0 ? [] : ["--features", chosen.join(",")];
  const service = scaffolded("orders", ...features, ...flags);
  const uv = async (...words: string[]): Promise<Ended> =>
    run(await findUv(), ["run", "--quiet", ...words], { cwd: service.path(), env: shared });

  it.each([
    ["ruff", "check"],
    ["ruff", "format", "--check"],
    ["mypy", "--strict"],
  ])("is clean under %s %s", async (...words) => {
    const { exit, stdout, stderr } = await uv(...words);
    expect({ exit, output: stdout + stderr }).toMatchObject({ exit: 0 });
  });
});

describe.each(combinations.filter(({ says }) => says === "between others"))(
  "a service with [$chosen] $says",
  ({ chosen, flags }) => {
    const features = chosen.length === 0 ? [] : ["--features", chosen.join(",")];
    const service = scaffolded("orders", ...features, ...flags);

    it("passes its own tests and reaches their coverage", async () => {
      const { exit, stdout } = await run(await findUv(), ["run", "--quiet", "pytest", "-q", "--cov"], {
        cwd: service.path(),
        env: shared,
      });
      expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^\d{2,} passed/m) as string });
    });
  },
);
