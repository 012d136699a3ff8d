import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { id: argument.optional("ID", "a check's id or an error's code; without one, all are listed") };

export type ExplainInput = { readonly id: string | undefined };

export const explain = declare({
  path: ["explain"],
  summary: "say what a check or an error code means and what to do about it",
  examples: [
    { run: "gennet explain CONFIG_INVALID", says: "What is behind an error code" },
    { run: "gennet explain", says: "Everything that can be explained" },
  ],
  args,
  flags: {},
  answers: "Explanation",
  load: () => import("./explain.run.ts"),
});
