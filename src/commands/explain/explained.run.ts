import { errorCodes } from "../../core/error-codes.ts";
import { checks } from "../check/every-check.run.ts";

/** What `gennet explain` shows for a check, a rule or an error. */
export interface Explained {
  /** The id of a check or the code of an error. */
  readonly id: string;
  readonly title: string;
  readonly explain: string;
}

/**
 * Everything that can be explained. build/bundle.mjs evaluates this module, so that the bundle contains plain data and
 * loads no check.
 */
export const explained: readonly Explained[] = [
  ...checks.map(({ id, title, explain }) => ({ id, title, explain })),
  ...Object.entries(errorCodes).map(([id, { title, explain }]) => ({ id, title, explain })),
];
