import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ended, run, runGennet } from "../support/cli.ts";
import { featureFlags, featureSets } from "../support/feature-sets.ts";
import { findUv, keepsBytecode } from "../support/uv.ts";

interface Place {
  readonly says: string;
  readonly flags: readonly string[];
}

const alone: Place = { says: "alone", flags: [] };
const calls: Place = { says: "that calls another", flags: ["--depends-on", "stock"] };
const called: Place = { says: "that is called", flags: ["--called-by", "web"] };
// A dependency called "service" has a client with the same name as its base class.
const between: Place = { says: "between others", flags: ["--depends-on", "stock,service", "--called-by", "web"] };

const combinations = featureSets.flatMap((chosen) =>
  [alone, calls, called, between].map((place) => ({
    name: `${chosen.join(",") || "no store"} ${place.says}`,
    folder: `${chosen.join("-") || "none"}-${place.says.replaceAll(" ", "-")}`,
    chosen,
    place,
  })),
);
/** The longest noun, which makes every line wrap, and one with an irregular plural. */
const entities = ["abcdefg-hijklmn", "person:people"].map((entity) => ({
  entity,
  folder: entity.replace(":", "-"),
  flags: ["--entity", entity, ...featureFlags(["postgres", "redis", "neo4j"]), ...between.flags],
}));

describe("services with every set of features, in every place", () => {
  let folder: string;
  let uv: string;
  const at = (...below: string[]): string => join(folder, ...below);
  /** Runs a program of the environment with the dependencies of all services. */
  const tool = (name: string, words: readonly string[], ...below: string[]): Promise<Ended> =>
    run(at("venv", "bin", name), words, {
      cwd: at(...below),
      env: { ...keepsBytecode, MYPY_CACHE_DIR: at("mypy") },
    });

  beforeAll(async () => {
    uv = await findUv();
    folder = await mkdtemp(join(tmpdir(), "gennet-combinations-"));
    const all = [
      ...combinations.map(({ folder: place, chosen, place: { flags } }) => [place, ...featureFlags(chosen), ...flags]),
      ...entities.map(({ folder: place, flags }) => [place, ...flags]),
    ];
    for (const [place = "", ...flags] of all) {
      const words = ["new", "service", "orders", "--domain", "shop", "--owner", "team-shop", "--dir", place, ...flags];
      const { exit, stderr } = await runGennet(words, { cwd: folder });
      if (exit !== 0) throw new Error(stderr);
    }
    const fullest = combinations.at(-1)?.folder ?? "";
    const { exit, stderr } = await run(uv, ["sync", "--quiet", "--no-install-project"], {
      cwd: at(fullest),
      env: { ...keepsBytecode, UV_PROJECT_ENVIRONMENT: at("venv") },
    });
    if (exit !== 0) throw new Error(stderr);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each([["check"], ["format", "--check"]])("Services with every set of features pass ruff %s", async (...words) => {
    const { exit, stdout } = await tool("ruff", [...words, "."]);
    expect({ exit, stdout }).toMatchObject({ exit: 0 });
  });

  it.each([...combinations, ...entities.map(({ entity, folder: place }) => ({ name: entity, folder: place }))])(
    "Services with every set of features pass mypy --strict: $name",
    async ({ folder: place }) => {
      const { exit, stdout } = await tool("mypy", ["--strict"], place);
      expect({ exit, stdout }).toMatchObject({ exit: 0 });
    },
  );

  it.each(featureSets.map((chosen) => [chosen.join(",") || "no store"] as const))(
    "Services with every set of features can be imported with only their dependencies: %s",
    async (name) => {
      const found = combinations.find(
        ({ chosen, place }) => place === alone && (chosen.join(",") || "no store") === name,
      );
      const words = ["run", "--quiet", "--no-dev", "python", "-c", "import orders.__main__"];
      const env = { ...keepsBytecode, UV_PROJECT_ENVIRONMENT: at("bare") };
      expect(await run(uv, words, { cwd: at(found?.folder ?? ""), env })).toMatchObject({ exit: 0, stderr: "" });
    },
  );
});
