import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  path: argument.optional("PATH", "where to search (default: the folder of gennet.yaml, or the Git repository)"),
};

export type ServiceListInput = Input<typeof args, Record<never, never>>;

export const serviceList = declare({
  path: ["service", "list"],
  summary: "list the services of the catalogue",
  description:
    "Reads every catalog-info.yaml in PATH and its subfolders. Shows domain, owner, regions, dependencies and callers, and the template of services made by gennet. --region NAME lists the services that run in that region. Exit codes: 0 listed, 3 a file cannot be read, or a service is declared twice.",
  examples: [
    { run: "gennet service list", says: "List all services of the platform" },
    {
      run: "gennet service list services --region eu -o wide",
      says: "List the services in one folder and region, with their paths",
    },
    { run: "gennet service list -o json", says: "For a script: items, and findings about unreadable files" },
  ],
  args,
  flags: {},
  answers: "ServiceList",
});
