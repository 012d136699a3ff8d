/** Set by `npm run test:nightly`: more cases, each night other ones. */
export const isNightly = process.env["GENNET_NIGHTLY"] !== undefined;

/**
 * How many cases of a property are tried, for fast-check: few and always the same by day; many by night, from a seed
 * that is named when one fails. GENNET_SEED repeats that seed.
 */
export function effort(cases: {
  readonly daily: number;
  readonly nightly: number;
  /** By day. */
  readonly seed: number;
}): { readonly numRuns: number; readonly seed: number; readonly endOnFailure: boolean } {
  const { GENNET_SEED: given } = process.env;
  const seed = given === undefined ? (isNightly ? Date.now() % 2 ** 31 : cases.seed) : Number(given);
  // What a failed case is shrunk to takes as long as a hundred others.
  return { numRuns: isNightly ? cases.nightly : cases.daily, seed, endOnFailure: isNightly };
}
