import { errorCodes } from "../../core/error-codes.ts";
import { checks } from "../check/every-check.run.ts";

/** What `gennet explain` says of a check, a rule or an error. */
export interface Explained {
  /** A check's id, or an error's code. */
  readonly id: string;
  readonly title: string;
  readonly explain: string;
}

/** All there is. In the bundle these are plain data: build/bundle.mjs evaluates this module, so that no check is loaded. */
export const explained: readonly Explained[] = [
  ...checks.map(({ id, title, explain }) => ({ id, title, explain })),
  ...Object.entries(errorCodes).map(([id, { title, explain }]) => ({ id, title, explain })),
];
