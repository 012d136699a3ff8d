import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.optional("PATH", "the service's folder; the current one without") };

export type ServiceCheckInput = Input<typeof args, Record<never, never>>;

export const serviceCheck = declare({
  path: ["service", "check"],
  summary: "say whether a service follows the installed template",
  description:
    "Compares what the template gave the service with what it would give now. Exit codes: 0 up to date, 8 outdated.",
  examples: [
    { run: "gennet service check", says: "The service in the current folder" },
    { run: "gennet service check services/orders -o json", says: "For a pipeline that opens pull requests" },
  ],
  args,
  flags: {},
  answers: "ServiceCheck",
  load: () => import("./check.run.ts"),
});
