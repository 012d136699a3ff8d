import type { Exit } from "../exit.ts";

interface ErrorCodeFacts {
  readonly exit: Exit;
  /** What the code means, in one line. */
  readonly title: string;
  /** The output of `gennet explain CODE`: why the error occurs and how to fix it. */
  readonly explain: string;
}

export type ErrorCodes = Readonly<Record<string, ErrorCodeFacts>>;
