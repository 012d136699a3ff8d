/** Set by `npm run test:nightly`: more cases, different ones each night. */
export const isNightly = process.env["GENNET_NIGHTLY"] !== undefined;

/** Why a test is skipped by day. */
export const onlyAtNight = "it takes minutes, and runs at night";

/**
 * Returns fast-check's settings for a property: few cases and always the same by day; many by night, from a seed that
 * is reported with a failure. GENNET_SEED repeats that seed.
 */
export function effort(cases: {
  readonly daily: number;
  readonly nightly: number;
  /** By day. */
  readonly seed: number;
}): { readonly numRuns: number; readonly seed: number; readonly endOnFailure: boolean } {
  const { GENNET_SEED: given } = process.env;
  const seed = given === undefined ? (isNightly ? Date.now() % 2 ** 31 : cases.seed) : Number(given);
  // Shrinking a failed case takes as long as a hundred other cases.
  return { numRuns: isNightly ? cases.nightly : cases.daily, seed, endOnFailure: isNightly };
}
