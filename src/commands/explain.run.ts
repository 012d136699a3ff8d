import type { Context } from "../context.ts";
import { AppError } from "../core/error.ts";
import { errorCodes } from "../core/error-codes.ts";
import { exit } from "../core/exit.ts";
import type { Outcome } from "../core/outcome.ts";
import type { ExplainInput } from "./explain.ts";

export interface Explanation {
  readonly kind: "Explanation";
  readonly items: readonly { readonly id: string; readonly title: string; readonly explain: string }[];
}

export async function run(input: ExplainInput, _context: Context): Promise<Outcome<Explanation>> {
  const all = Object.entries(errorCodes).map(([id, facts]) => ({ id, title: facts.title, explain: facts.explain }));
  const items = input.id === undefined ? all : all.filter((item) => item.id === input.id);
  if (items.length === 0) {
    throw new AppError("USAGE_INVALID", `Nothing is known by the id "${input.id}".`, {
      next: ["gennet explain   lists every id"],
    });
  }
  return { exit: exit.ok, document: { kind: "Explanation", items } };
}

export function present(document: Explanation): string {
  const [only] = document.items;
  if (document.items.length === 1 && only !== undefined) return `${only.id}: ${only.title}\n\n${only.explain}`;
  return document.items.map((item) => `${item.id.padEnd(28)} ${item.title}`).join("\n");
}
