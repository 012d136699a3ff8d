import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the name of the service: a DNS label, such as orders or order-intake") };
const flags = {
  domain: flag.text("DOMAIN", "the business domain that it belongs to"),
  owner: flag.text("OWNER", "the team that owns it"),
  entity: flag.text(
    "NOUN",
    "the entity that it stores, in the singular, such as parcel, or person:people with its plural (default: derived from the name)",
  ),
  features: flag.list("FEATURE", "a data store that it uses: postgres, redis or neo4j"),
  dependsOn: flag.list("NAME", "a service that it calls, through a circuit breaker"),
  calledBy: flag.list("NAME", "a service that may call it; all others are denied"),
  dir: flag.text(
    "PATH",
    "the folder to create in the current one, or . for the current one itself (default: the name of the service)",
  ),
  dryRun: flag.switch("list the files without writing them"),
};

export type NewServiceInput = Input<typeof args, typeof flags>;

export const newService = declare({
  path: ["new", "service"],
  summary: "scaffold a FastAPI service with tests, image and manifests",
  description:
    "Asks for anything that no flag provides. The folder is created completely or not at all. If there is a gennet.yaml, the " +
    "service gets its regions, or those given with --region.",
  examples: [
    { run: "gennet new service orders --domain shop --owner team-shop", says: "Create a service without prompts" },
    {
      run: "gennet new service orders --domain shop --owner team-shop --dry-run",
      says: "List the files that would be written",
    },
    {
      run: "gennet new service orders --domain shop --owner team-shop --features postgres,redis,neo4j",
      says: "With a database, a cache and a graph database",
    },
    {
      run: "gennet new service orders --domain shop --owner team-shop --depends-on payments,stock --called-by web",
      says: "With two dependencies and one caller",
    },
    {
      run: "gennet new service tracking --domain shop --owner team-shop --entity parcel",
      says: "With an entity called parcel",
    },
    {
      run: "gennet new service orders --dir services/orders",
      says: "Create it in another folder, and ask for the rest",
    },
    { run: "gennet new service orders --dir .", says: "Create it in a new, empty repository" },
  ],
  args,
  flags,
  answers: "ServiceScaffold",
});
