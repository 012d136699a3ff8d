import { argument, flag } from "../core/command.ts";
import { declare } from "./declare.ts";

const args = {
  what: argument.one("WHAT", "what was made to fail: region, istiod, argocd, eso or store"),
  target: argument.optional("NAME", "of the region, or of one store"),
};
const flags = { name: flag.textOr("NAME", "default", "the sandbox's name") };

export const sandboxHeal = declare({
  path: ["sandbox", "heal"],
  summary: "undo what `gennet sandbox fail` did, and wait until it is ready",
  description: "`gennet sandbox up` heals everything.",
  examples: [
    { run: "gennet sandbox heal region us-east-1", says: "With all that ended while it was away" },
    { run: "gennet sandbox heal istiod --region eu-west-1", says: "In one region" },
    { run: "gennet sandbox heal store postgres", says: "With what it held" },
  ],
  args,
  flags,
  answers: "SandboxFaults",
  load: () => import("./sandbox-heal.run.ts"),
});
