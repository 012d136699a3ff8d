import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  what: argument.one("WHAT", "a feature of the template such as redis, or the word dependency or caller"),
  names: argument.many("NAME", "more features, or the services; caller alone takes them from the catalogue"),
};
const flags = {
  dir: flag.text("PATH", "the service's folder; the current one without"),
  dryRun: flag.switch("show the difference it would make, and write nothing"),
};

export type ServiceAddInput = Input<typeof args, typeof flags>;

export const serviceAdd = declare({
  path: ["service", "add"],
  summary: "give a service another feature, dependency or caller, and keep what was changed in it",
  description:
    "Renders the service's template again, at the version that it follows, and merges what that changes into the last commit as `gennet service update` does; the outcome is left uncommitted. `add caller` without a NAME takes every service of the catalogue that depends on this one. Exit codes: 0 done or there already, 7 conflicts or a dirty tree, 8 changes pending in a dry run.",
  examples: [
    { run: "gennet service add redis", says: "A feature, for the service in the current folder" },
    { run: "gennet service add dependency payments stock --dry-run", says: "What two dependencies would change" },
    { run: "gennet service add caller web --dir services/orders", says: "A caller, for another service" },
    { run: "gennet service add caller", says: "Every service of the catalogue that depends on this one" },
  ],
  args,
  flags,
  answers: "ServiceAdd",
  load: () => import("./add.run.ts"),
});
