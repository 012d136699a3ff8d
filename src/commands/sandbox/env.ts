import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  name: flag.textOr("NAME", "default", "the name of the sandbox"),
  platform: flag.switch("print a gennet.yaml for the sandbox instead"),
};

export type SandboxEnvInput = { readonly name: string; readonly platform: boolean };

export const sandboxEnv = declare({
  path: ["sandbox", "env"],
  summary: "print the environment variables that point tools at a sandbox",
  description:
    "The variables are for gennet, kubectl and the AWS CLI. The AWS key is random and only valid for this sandbox. The kubeconfig has one context per AWS region, with its name.",
  examples: [
    { run: 'eval "$(gennet sandbox env)"', says: "Point gennet, kubectl and the AWS CLI at the sandbox" },
    { run: "gennet sandbox env --platform > gennet.yaml", says: "Write a gennet.yaml with the regions of the sandbox" },
    { run: "gennet sandbox env -o json", says: "Print the variables as JSON" },
  ],
  args: {},
  flags,
  answers: "SandboxEnv",
});
