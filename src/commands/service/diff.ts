import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.optional("PATH", "the folder of the service (default: the current folder)") };

export type ServiceDiffInput = Input<typeof args, Record<never, never>>;

export const serviceDiff = declare({
  path: ["service", "diff"],
  summary: "show how a service differs from what its template generated",
  description:
    "Files that you added are not shown, nor files that the template only writes once. Exit codes: 0 no drift, 8 drift.",
  examples: [
    { run: "gennet service diff", says: "Compare the service in the current folder" },
    { run: "gennet service diff services/orders", says: "Compare another service" },
  ],
  args,
  flags: {},
  answers: "ServiceDiff",
});
