import { flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const flags = {
  name: flag.textOr("NAME", "default", "the sandbox's name; several live side by side"),
  regions: flag.list("REGION", "AWS regions, each with its own control plane (eu-west-1,us-east-1 when it is new)"),
  clockScale: flag.integerOr("N", 60, 1, "how many of AWS's seconds pass in one of a new sandbox"),
  with: flag.list("STORE", "data stores in each region: postgres, redis, neo4j"),
  profile: flag.choice("PROFILE", ["core", "full"], "core", "how much of the platform is in it"),
};

export type SandboxUpInput = {
  readonly name: string;
  readonly regions: readonly string[];
  readonly clockScale: number;
  readonly with: readonly string[];
  readonly profile: "core" | "full";
};

export const sandboxUp = declare({
  path: ["sandbox", "up"],
  summary: "bring up a real Kubernetes control plane per region and an AWS endpoint, on this machine",
  description:
    "The first time, the control plane's programs are compiled from their pinned Go modules and kept in the cache.\n" +
    "Everything listens on 127.0.0.1 only. Run it again at any time: it starts what does not run.\n" +
    "Profile full adds a real Istio, Argo CD, External Secrets, OpenTelemetry Collector and Prometheus to each region, and a\n" +
    "GitOps repository for all of them. It needs Linux and root.\n" +
    "Stores are processes of this machine, too, and hold what they have while the sandbox is there. Neo4j needs Java and Maven.",
  examples: [
    { run: "gennet sandbox up", says: "Two regions, eu-west-1 and us-east-1" },
    { run: "gennet sandbox up --name blue --regions eu-central-1", says: "Another one beside it, with one region" },
    {
      run: "gennet sandbox up --profile full",
      says: "With Istio, Argo CD, External Secrets, a Collector and Prometheus",
    },
    { run: "gennet sandbox up --with postgres,redis,neo4j", says: "With data stores; what it has stays" },
  ],
  args: {},
  flags,
  answers: "SandboxUp",
  load: () => import("./up.run.ts"),
});
