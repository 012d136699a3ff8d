import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = { name: flag.textOr("NAME", "default", "the name of the sandbox") };

export type SandboxDownInput = { readonly name: string };

export const sandboxDown = declare({
  path: ["sandbox", "down"],
  summary: "stop a sandbox and delete its data",
  description:
    "Compiled programs stay in the cache, so that the next `gennet sandbox up` is fast. Does not ask for confirmation.",
  examples: [
    { run: "gennet sandbox down", says: "Remove the default sandbox" },
    { run: "gennet sandbox down --name blue", says: "Remove another sandbox" },
  ],
  args: {},
  flags,
  answers: "SandboxDown",
});
