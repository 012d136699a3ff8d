import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  what: argument.one("WHAT", "a feature of the template such as redis, or the word dependency or caller"),
  names: argument.many(
    "NAME",
    "more features, or the names of services; for caller, the default is the callers in the catalogue",
  ),
};
const flags = {
  dir: flag.text("PATH", "the folder of the service (default: the current folder)"),
  dryRun: flag.switch("show the changes without writing them"),
};

export type ServiceAddInput = Input<typeof args, typeof flags>;

export const serviceAdd = declare({
  path: ["service", "add"],
  summary: "add a feature, dependency or caller to a service",
  description:
    "Renders the service's template again, at its current version, and merges the difference into the last commit like `gennet service update`, keeping your changes. Does not commit the result. `add caller` without a NAME adds every service of the catalogue that depends on this one. Exit codes: 0 added or already present, 7 conflicts or uncommitted changes, 8 changes pending in a dry run.",
  examples: [
    { run: "gennet service add redis", says: "Add a feature to the service in the current folder" },
    { run: "gennet service add dependency payments stock --dry-run", says: "Show what two dependencies would change" },
    { run: "gennet service add caller web --dir services/orders", says: "Add a caller to another service" },
    { run: "gennet service add caller", says: "Add every service of the catalogue that depends on this one" },
  ],
  args,
  flags,
  answers: "ServiceAdd",
});
