import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = { name: flag.textOr("NAME", "default", "the sandbox's name") };

export type SandboxDownInput = { readonly name: string };

export const sandboxDown = declare({
  path: ["sandbox", "down"],
  summary: "end a sandbox's processes and remove everything it kept",
  description: "What was compiled stays in the cache, so that the next `up` is quick. Nothing is asked.",
  examples: [
    { run: "gennet sandbox down", says: "The default sandbox" },
    { run: "gennet sandbox down --name blue", says: "Another one" },
  ],
  args: {},
  flags,
  answers: "SandboxDown",
  load: () => import("./down.run.ts"),
});
