import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { ExplainInput } from "./explain.ts";
import { type Explained, explained } from "./explained.run.ts";

export interface Explanation {
  readonly kind: "Explanation";
  readonly items: readonly Explained[];
}

export async function run({ id }: ExplainInput, _context: Context): Promise<Outcome<Explanation>> {
  const items = id === undefined ? explained : explained.filter((each) => each.id.toLowerCase() === id.toLowerCase());
  if (items.length > 0) return { exit: exit.ok, document: { kind: "Explanation", items } };
  throw new AppError("USAGE_INVALID", `Unknown id "${id}".`, {
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
