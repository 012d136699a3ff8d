import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.optional("NAME", "show only this service, what it reaches and what reaches it") };
const flags = {
  dir: flag.text("PATH", "the catalogue's folder (default: the folder of gennet.yaml, or the Git repository)"),
  format: flag.choice("FORMAT", ["table", "mermaid", "dot"], "table", "a table, or a diagram for documents"),
  strict: flag.switch("exit with 9 if there are warnings"),
};

export type ServiceGraphInput = Input<typeof args, typeof flags>;

export const serviceGraph = declare({
  path: ["service", "graph"],
  summary: "show which service calls which",
  description:
    "Shows the calls that the catalogue declares. Cycles and dependencies that are not in the catalogue are warnings with file and line. Only the diagram goes to standard output. Exit codes: 0 shown, 3 a file of the catalogue cannot be read, or a service is declared twice, 9 warnings (with --strict).",
  examples: [
    { run: "gennet service graph", says: "Show every call of the platform" },
    {
      run: "gennet service graph orders --strict",
      says: "Show what orders reaches and what reaches it; exit with 9 if there is a cycle",
    },
    { run: "gennet service graph --format mermaid > docs/services.mmd", says: "Write a diagram for a document" },
  ],
  args,
  flags,
  answers: "ServiceGraph",
});
