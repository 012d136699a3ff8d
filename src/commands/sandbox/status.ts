import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = { name: flag.textOr("NAME", "default", "the sandbox's name") };

export type SandboxStatusInput = { readonly name: string };

export const sandboxStatus = declare({
  path: ["sandbox", "status"],
  summary: "show what of a sandbox runs; exit code 3 when something that should does not",
  examples: [
    { run: "gennet sandbox status", says: "Every component with its process, port and memory" },
    { run: "gennet sandbox status -o wide", says: "With the paths of the logs" },
  ],
  args: {},
  flags,
  answers: "SandboxStatus",
  load: () => import("./status.run.ts"),
});
