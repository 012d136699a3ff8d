import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.optional("PATH", "the folder of the service (default: the current folder)") };
const flags = {
  all: flag.switch("update every service in PATH and its subfolders, without prompts"),
  answer: flag.list("KEY=VALUE", "the answer to a question that is new in the template"),
  base: flag.switch("only write the .gennet/base.json that services made by older versions lack"),
  dryRun: flag.switch("show the changes without writing them"),
};

export type ServiceUpdateInput = Input<typeof args, typeof flags>;

export const serviceUpdate = declare({
  path: ["service", "update"],
  summary: "update a service to the installed template, keeping your changes",
  description:
    "Merges the template's changes into the service's last commit with Git, and does not commit the result. If you and the template changed the same lines, you get conflict markers as with `git merge`. Needs neither the network nor the old template. Exit codes: 0 updated or up to date, 7 conflicts or uncommitted changes, 8 changes pending in a dry run.",
  examples: [
    { run: "gennet service update", says: "Update the service in the current folder" },
    { run: "gennet service update services/orders --dry-run", says: "Show what an update would change" },
    { run: "gennet service update --all services", says: "Update every service of a monorepo" },
  ],
  args,
  flags,
  answers: "ServiceUpdate",
});
