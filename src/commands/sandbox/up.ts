import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  name: flag.textOr("NAME", "default", "the name of the sandbox; you can run several side by side"),
  regions: flag.list("REGION", "the AWS regions, each with its own control plane (default eu-west-1,us-east-1)"),
  clockScale: flag.integerOr("N", 60, 1, "how many AWS seconds pass in one real second; for new sandboxes only"),
  with: flag.list("STORE", "data stores for each region: postgres, redis, neo4j"),
  profile: flag.choice("PROFILE", ["core", "full"], "core", "which components the sandbox has"),
  bare: flag.switch("with --profile full: leave the platform's components to `gennet region bootstrap`"),
};

export type SandboxUpInput = {
  readonly name: string;
  readonly regions: readonly string[];
  readonly clockScale: number;
  readonly with: readonly string[];
  readonly profile: "core" | "full";
  readonly bare: boolean;
};

export const sandboxUp = declare({
  path: ["sandbox", "up"],
  summary: "start a local sandbox: a Kubernetes control plane per region, and AWS",
  description:
    "The first run compiles the control plane from pinned Go modules and caches it. The core profile listens on 127.0.0.1 only. You " +
    "can run the command again at any time: it starts what is not running. " +
    "The full profile adds real Istio, Argo CD, External Secrets, an OpenTelemetry Collector and Prometheus to each region, and " +
    "a GitOps repository for all of them. It needs Linux and root. The metrics of its Argo CD application controllers are " +
    "the only port that listens on all addresses: no flag of Argo CD changes that. " +
    "With --bare, none of them run: the clusters are empty, and everything is prepared so that `gennet region bootstrap` brings " +
    "them as pods, with the `gennet.yaml` that `gennet sandbox env --platform` prints. " +
    "Data stores run as local processes and keep their data until `gennet sandbox down`. Neo4j needs Java and Maven.",
  examples: [
    { run: "gennet sandbox up", says: "Start two regions, eu-west-1 and us-east-1" },
    { run: "gennet sandbox up --name blue --regions eu-central-1", says: "Start a second sandbox, with one region" },
    {
      run: "gennet sandbox up --profile full",
      says: "Include Istio, Argo CD, External Secrets, a Collector and Prometheus",
    },
    {
      run: "gennet sandbox up --profile full --bare",
      says: "Prepare empty clusters, into which `gennet region bootstrap` brings the platform",
    },
    {
      run: "gennet sandbox up --with postgres,redis,neo4j",
      says: "Include data stores; an existing sandbox keeps its contents",
    },
  ],
  args: {},
  flags,
  answers: "SandboxUp",
});
