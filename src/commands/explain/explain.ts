import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  id: argument.optional("ID", "the id of a check or the code of an error; without it, lists all of them"),
};

export type ExplainInput = { readonly id: string | undefined };

export const explain = declare({
  path: ["explain"],
  summary: "explain a check or an error code, and how to fix it",
  examples: [
    { run: "gennet explain CONFIG_INVALID", says: "Explain an error code" },
    { run: "gennet explain", says: "List everything that can be explained" },
  ],
  args,
  flags: {},
  answers: "Explanation",
});
