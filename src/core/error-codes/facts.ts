import type { Exit } from "../exit.ts";

interface ErrorCodeFacts {
  readonly exit: Exit;
  /** One line: what this code says. */
  readonly title: string;
  /** What `gennet explain CODE` prints: why it happens and how to get out of it. */
  readonly explain: string;
}

export type ErrorCodes = Readonly<Record<string, ErrorCodeFacts>>;
