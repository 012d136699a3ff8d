import { argument, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = {
  path: argument.optional("PATH", "where to look; by default gennet.yaml's folder, else the Git repository"),
};

export type ServiceListInput = Input<typeof args, Record<never, never>>;

export const serviceList = declare({
  path: ["service", "list"],
  summary: "list the services of the catalogue",
  description:
    "Reads every catalog-info.yaml at or below PATH: domain, owner, regions, who depends on whom, and the template of those that gennet made. --region NAME shows those that run there. Exit codes: 0 fine, 3 a file cannot be read, or a service is declared twice.",
  examples: [
    { run: "gennet service list", says: "All services of the platform" },
    {
      run: "gennet service list services --region eu -o wide",
      says: "Those of one folder in one region, with their folders",
    },
    { run: "gennet service list -o json", says: "For a script: items, and the findings about what could not be read" },
  ],
  args,
  flags: {},
  answers: "ServiceList",
  load: () => import("./list.run.ts"),
});
