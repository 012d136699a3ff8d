/** Every set of the template's stores. */
export const featureSets: readonly (readonly string[])[] = ["postgres", "redis", "neo4j"].reduce<string[][]>(
  (all, store) => all.concat(all.map((chosen) => [...chosen, store])),
  [[]],
);

export function featureFlags(chosen: readonly string[]): readonly string[] {
  return chosen.length === 0 ? [] : ["--features", chosen.join(",")];
}
