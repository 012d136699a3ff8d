import { describe, expect, it } from "vitest";
import { isNightly } from "../support/effort.ts";
import { featureFlags, featureSets } from "../support/feature-sets.ts";
import { scaffolded } from "../support/scaffolded-service.ts";
import { sharedEnvironment } from "../support/shared-environment.ts";

interface Place {
  readonly says: string;
  readonly flags: readonly string[];
}

const alone: Place = { says: "alone", flags: [] };
const calls: Place = { says: "that calls another", flags: ["--depends-on", "stock"] };
const called: Place = { says: "that is called", flags: ["--called-by", "web"] };
// A dependency called "service" has a client whose name is that of the class it derives from.
const between: Place = { says: "between others", flags: ["--depends-on", "stock,service", "--called-by", "web"] };
const peers = [alone, calls, called, between];

/**
 * By day, types are checked for every set of features between others, where most code is, and for each other place in two sets
 * that complement one another: so with every place each feature is there, and is not. The linters look at everything.
 */
const pairs: readonly (readonly [Place, string])[] = [
  [alone, ""],
  [alone, "postgres,redis,neo4j"],
  [calls, "postgres"],
  [calls, "redis,neo4j"],
  [called, "redis"],
  [called, "postgres,neo4j"],
];
const isTyped = (chosen: readonly string[], place: Place): boolean =>
  isNightly || place === between || pairs.some(([where, set]) => where === place && set === chosen.join(","));

const shared = sharedEnvironment();
const combinations = featureSets.flatMap((chosen) =>
  peers.map((place) => ({ name: `${chosen.join(",") || "no store"} ${place.says}`, chosen, place })),
);

describe.each(combinations)("a service with $name", ({ chosen, place }) => {
  const service = scaffolded("orders", ...featureFlags(chosen), ...place.flags);
  const types = isTyped(chosen, place) ? [["mypy", "--strict"]] : [];

  it.each([["ruff", "check"], ["ruff", "format", "--check"], ...types])("is clean under %s %s", async (...words) => {
    const { exit, stdout, stderr } = await service.runWith(shared(), ...words);
    expect({ exit, output: stdout + stderr }).toMatchObject({ exit: 0 });
  });
});
