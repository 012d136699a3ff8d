import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { folder: argument.one("FOLDER", "the folder with the state of a region's pods") };
const flags = { shim: flag.textOr("PATH", "pod-shim", "the program that runs containers") };

export type SandboxPodsInput = { readonly folder: string; readonly shim: string };

export const sandboxPods = declare({
  path: ["sandbox", "pods"],
  summary: "run the real pods of a sandbox region in the foreground",
  description:
    "`gennet sandbox image` and `gennet sandbox up` start this in the background. The pods keep running when it exits.",
  examples: [{ run: "gennet sandbox pods .../regions/eu-west-1/pods", says: "Run it in the foreground, to watch it" }],
  args,
  flags,
  hidden: true,
  answers: "SandboxPods",
});
