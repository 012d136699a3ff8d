import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.optional("NAME", "only what this service reaches, and what reaches it") };
const flags = {
  dir: flag.text("PATH", "where the catalogue is; by default gennet.yaml's folder, else the Git repository"),
  format: flag.choice("FORMAT", ["table", "mermaid", "dot"], "table", "a table, or a diagram for documents"),
  strict: flag.switch("exit 9 where there are warnings"),
};

export type ServiceGraphInput = Input<typeof args, typeof flags>;

export const serviceGraph = declare({
  path: ["service", "graph"],
  summary: "show which service calls which",
  description:
    "The calls that the catalogue declares. Circles, and dependencies on services that are not in the catalogue, are warnings with file and line. Only the diagram is on standard output. Exit codes: 0 fine, 3 a file of the catalogue cannot be read, or a service is declared twice, 9 warnings with --strict.",
  examples: [
    { run: "gennet service graph", says: "Every call of the platform" },
    {
      run: "gennet service graph orders --strict",
      says: "What orders reaches and what reaches it; exit 9 for a circle",
    },
    { run: "gennet service graph --format mermaid > docs/services.mmd", says: "A diagram for a document" },
  ],
  args,
  flags,
  answers: "ServiceGraph",
  load: () => import("./graph.run.ts"),
});
