import { effort, isNightly } from "./effort.ts";

/** How a title calls those of `seededPart`. */
export const seededPlaces = isNightly ? "any" : "any of a seeded part of all";

/** Returns all items by night. By day, so many of them, in their order, that a seed chooses. */
export function seededPart<T>(all: readonly T[], daily: number): readonly T[] {
  const { numRuns, seed } = effort({ daily, nightly: all.length, seed: 1 });
  const next = randomFrom(seed);
  const ranked = all.map((item, at) => ({ item, at, rank: next() })).toSorted((a, b) => a.rank - b.rank);
  return ranked
    .slice(0, numRuns)
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

/** Returns numbers from 0 to 1, the same for the same seed: a linear congruential generator of Numerical Recipes. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}
