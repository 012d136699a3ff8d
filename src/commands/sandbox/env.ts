import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  name: flag.textOr("NAME", "default", "the sandbox's name"),
  platform: flag.switch("print a gennet.yaml for it instead"),
};

export type SandboxEnvInput = { readonly name: string; readonly platform: boolean };

export const sandboxEnv = declare({
  path: ["sandbox", "env"],
  summary: "print what kubectl, the AWS CLI and gennet need to see a sandbox",
  description:
    "The AWS key it prints is random and good for this sandbox alone. Contexts of the kubeconfig are named by AWS region.",
  examples: [
    { run: 'eval "$(gennet sandbox env)"', says: "kubectl and the AWS CLI see the sandbox" },
    { run: "gennet sandbox env --platform > gennet.yaml", says: "A gennet.yaml with the sandbox's regions" },
    { run: "gennet sandbox env -o json", says: "The variables as a document" },
  ],
  args: {},
  flags,
  answers: "SandboxEnv",
  load: () => import("./env.run.ts"),
});
