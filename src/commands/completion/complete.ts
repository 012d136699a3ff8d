import { argument } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { words: argument.many("WORD", "the words after gennet, the last one being written") };

export type CompleteInput = { readonly words: readonly string[] };

export const complete = declare({
  path: ["complete"],
  summary: "what could be typed next",
  description: "What the scripts of `gennet completion` ask. Answers nothing where nothing is known, and never fails.",
  examples: [{ run: "gennet complete -- region pl", says: "What begins so" }],
  args,
  flags: {},
  hidden: true,
  answers: "Candidates",
  load: () => import("./complete.run.ts"),
});
