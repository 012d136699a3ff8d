import { argument, flag, type Input } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("NAME", "the service's name: a DNS label, such as orders or order-intake") };
const flags = {
  domain: flag.text("DOMAIN", "the business domain it belongs to"),
  owner: flag.text("OWNER", "the team that owns it"),
  entity: flag.text(
    "NOUN",
    "what it keeps, in the singular, such as parcel, or person:people with its plural; by default what its name suggests",
  ),
  features: flag.list("FEATURE", "a store that it uses: postgres, redis or neo4j"),
  dependsOn: flag.list("NAME", "a service that it calls, through a circuit breaker"),
  calledBy: flag.list("NAME", "a service that may call it; no other may"),
  dir: flag.text(
    "PATH",
    "the folder to make, inside the current one or that one itself; by default it has the service's name",
  ),
  dryRun: flag.switch("show which files would be written, and write none"),
};

export type NewServiceInput = Input<typeof args, typeof flags>;

export const newService = declare({
  path: ["new", "service"],
  summary: "scaffold a FastAPI service with its tests, image and manifests",
  description:
    "Asks for what no flag gives. The folder appears complete or not at all. With a gennet.yaml the service is for " +
    "its regions, or for those that --region names.",
  examples: [
    { run: "gennet new service orders --domain shop --owner team-shop", says: "A service, without a question" },
    {
      run: "gennet new service orders --domain shop --owner team-shop --dry-run",
      says: "Which files that would write",
    },
    {
      run: "gennet new service orders --domain shop --owner team-shop --features postgres,redis,neo4j",
      says: "One with a database, a cache and a graph",
    },
    {
      run: "gennet new service orders --domain shop --owner team-shop --depends-on payments,stock --called-by web",
      says: "One that calls two others, and is called by a third",
    },
    {
      run: "gennet new service tracking --domain shop --owner team-shop --entity parcel",
      says: "One that keeps parcels",
    },
    { run: "gennet new service orders --dir services/orders", says: "Into another folder; asks for the rest" },
    { run: "gennet new service orders --dir .", says: "Into a repository that was just made and cloned" },
  ],
  args,
  flags,
  answers: "ServiceScaffold",
  load: () => import("./service.run.ts"),
});
