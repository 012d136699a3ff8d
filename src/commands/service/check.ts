import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { path: argument.optional("PATH", "the folder of the service (default: the current folder)") };

export type ServiceCheckInput = Input<typeof args, Record<never, never>>;

export const serviceCheck = declare({
  path: ["service", "check"],
  summary: "check whether a service is up to date with its template",
  description:
    "Compares what the template generated for the service with what it would generate now. Exit codes: 0 up to date, 8 outdated.",
  examples: [
    { run: "gennet service check", says: "Check the service in the current folder" },
    { run: "gennet service check services/orders -o json", says: "In a pipeline that opens pull requests" },
  ],
  args,
  flags: {},
  answers: "ServiceCheck",
});
