import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.optional("PATH", "the service's folder; the current one without") };
const flags = {
  all: flag.switch("every service found at or below PATH; never asks"),
  answer: flag.list("KEY=VALUE", "the answer to a question that is new in the template (repeatable)"),
  base: flag.switch("only write the .gennet/base.json that an older service lacks"),
  dryRun: flag.switch("show the difference it would make, and write nothing"),
};

export type ServiceUpdateInput = Input<typeof args, typeof flags>;

export const serviceUpdate = declare({
  path: ["service", "update"],
  summary: "bring a service to the installed template and keep what was changed in it",
  description:
    "Merges what the template changed into the service's last commit, by Git, and leaves the outcome uncommitted. What both changed in one place is a conflict as after `git merge`. Needs no network and not the old template. Exit codes: 0 done, 7 conflicts or a dirty tree, 8 changes pending in a dry run.",
  examples: [
    { run: "gennet service update", says: "The service in the current folder" },
    { run: "gennet service update services/orders --dry-run", says: "What that would change" },
    { run: "gennet service update --all services", says: "Every service of a monorepo" },
  ],
  args,
  flags,
  answers: "ServiceUpdate",
  load: () => import("./update.run.ts"),
});
