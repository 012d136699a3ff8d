import type { Context } from "../context.ts";
import type { Check } from "../core/check.ts";
import type { TextView } from "../core/command.ts";
import { AppError } from "../core/error.ts";
import { errorCodes } from "../core/error-codes.ts";
import { exit } from "../core/exit.ts";
import type { Outcome } from "../core/outcome.ts";
import { machineChecks, placeChecks } from "../doctor/index.ts";
import { healthChecks } from "../health/index.ts";
import { catalogFacts } from "../catalog/catalog-facts.ts";
import { lintFacts } from "../lint/index.ts";
import type { ExplainInput } from "./explain.ts";

export interface Explanation {
  readonly kind: "Explanation";
  readonly items: readonly ExplanationItem[];
}

interface ExplanationItem {
  /** A check's id, or an error's code. */
  readonly id: string;
  readonly title: string;
  readonly explain: string;
}

export const doctorChecks: readonly Check<never>[] = [...machineChecks, ...placeChecks];

/** Every check and rule there is, of every command. */
export const checks: readonly Pick<Check<never>, "id" | "title" | "explain" | "needs">[] = [
  ...healthChecks,
  ...doctorChecks,
  ...lintFacts,
  ...Object.values(catalogFacts),
];

export async function run(input: ExplainInput, _context: Context): Promise<Outcome<Explanation>> {
  const errors = Object.entries(errorCodes).map(([id, facts]) => ({ id, title: facts.title, explain: facts.explain }));
  const all = [...checks.map(({ id, title, explain }) => ({ id, title, explain })), ...errors];
  const items = input.id === undefined ? all : all.filter((item) => item.id.toLowerCase() === input.id?.toLowerCase());
  if (items.length > 0) return { exit: exit.ok, document: { kind: "Explanation", items } };
  throw new AppError("USAGE_INVALID", `Nothing is known by the id "${input.id}".`, {
    next: ["gennet explain  # lists every id"],
  });
}

export function present(document: Explanation, view: TextView): string {
  const [only] = document.items;
  if (document.items.length === 1 && only !== undefined) {
    return `${view.paint("strong", only.id)}: ${only.title}\n\n${only.explain}`;
  }
  const width = Math.max(...document.items.map((item) => item.id.length));
  return document.items.map((item) => `${item.id.padEnd(width)}  ${item.title}`).join("\n");
}
