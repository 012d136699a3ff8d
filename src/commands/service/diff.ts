import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.optional("PATH", "the service's folder; the current one without") };

export type ServiceDiffInput = Input<typeof args, Record<never, never>>;

export const serviceDiff = declare({
  path: ["service", "diff"],
  summary: "show what a service changed of what its template gave it",
  description:
    "Files that the service added are its own and not shown, nor those that the template writes only once. Exit codes: 0 no drift, 8 drift.",
  examples: [
    { run: "gennet service diff", says: "The service in the current folder" },
    { run: "gennet service diff services/orders", says: "Another one" },
  ],
  args,
  flags: {},
  answers: "ServiceDiff",
  load: () => import("./diff.run.ts"),
});
