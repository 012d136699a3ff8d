import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  what: argument.one("WHAT", "what was made to fail: region, istiod, argocd, eso, store, or a pod"),
  target: argument.optional("NAME", "of the region, or of one store"),
};
const flags = { name: flag.textOr("NAME", "default", "the sandbox's name") };

export type SandboxHealInput = Input<typeof args, typeof flags>;

export const sandboxHeal = declare({
  path: ["sandbox", "heal"],
  summary: "undo what `gennet sandbox fail` did, and wait until it is ready",
  description: "`gennet sandbox up` heals everything.",
  examples: [
    { run: "gennet sandbox heal region us-east-1", says: "With all that ended while it was away" },
    { run: "gennet sandbox heal istiod --region eu-west-1", says: "In one region" },
    { run: "gennet sandbox heal shop/orders-6c5f-x2x7q", says: "A pod" },
    { run: "gennet sandbox heal store postgres", says: "With what it held" },
  ],
  args,
  flags,
  answers: "SandboxFaults",
  load: () => import("./heal.run.ts"),
});
