import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = { name: flag.textOr("NAME", "default", "the name of the sandbox") };

export type SandboxStatusInput = { readonly name: string };

export const sandboxStatus = declare({
  path: ["sandbox", "status"],
  summary: "show the components of a sandbox; exit code 3 if one is not running",
  examples: [
    { run: "gennet sandbox status", says: "Show every component with its process, port and memory" },
    { run: "gennet sandbox status -o wide", says: "Also show the paths of the logs" },
  ],
  args: {},
  flags,
  answers: "SandboxStatus",
});
