import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  what: argument.one("WHAT", "what to heal: region, istiod, argocd, eso, store, or a pod as NAMESPACE/NAME"),
  target: argument.optional("NAME", "the region or the name of the store"),
};
const flags = { name: flag.textOr("NAME", "default", "the name of the sandbox") };

export type SandboxHealInput = Input<typeof args, typeof flags>;

export const sandboxHeal = declare({
  path: ["sandbox", "heal"],
  summary: "undo `gennet sandbox fail`, and wait until healthy",
  description: "`gennet sandbox up` undoes all failures.",
  examples: [
    {
      run: "gennet sandbox heal region us-east-1",
      says: "Heal a region, and restart what stopped because of the failure",
    },
    { run: "gennet sandbox heal istiod --region eu-west-1", says: "Heal istiod in one region" },
    { run: "gennet sandbox heal shop/orders-6c5f-x2x7q", says: "Heal a pod" },
    { run: "gennet sandbox heal store postgres", says: "Heal a database; its data is kept" },
  ],
  args,
  flags,
  answers: "SandboxFaults",
});
