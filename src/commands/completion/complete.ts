import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { words: argument.many("WORD", "the words after gennet, ending with the one to complete") };

export type CompleteInput = { readonly words: readonly string[] };

export const complete = declare({
  path: ["complete"],
  summary: "list possible completions",
  description:
    "Used by the scripts of `gennet completion`. Prints nothing if there are no candidates, and never fails.",
  examples: [{ run: "gennet complete -- region pl", says: "List the completions of a partial word" }],
  args,
  flags: {},
  hidden: true,
  answers: "Candidates",
});
