import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.optional("REGION", "a region of gennet.yaml; all of them without one") };
const flags = {
  plan: flag.text("FILE", "do what this plan of `region plan --out` says, and nothing else"),
  dryRun: flag.switch("show what would be done; the same as `region plan`"),
  yes: flag.consent("do not ask before anything is changed"),
};

export interface RegionBootstrapInput {
  readonly name: string | undefined;
  readonly plan: string | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export const regionBootstrap = declare({
  path: ["region", "bootstrap"],
  summary: "build regions: network, EKS cluster, nodes, add-ons, the platform's baseline",
  description:
    "Shows the plan, asks, then does it, all regions at once. It can be stopped or killed at any time: run it again and it continues, and nothing is made twice. The AWS account of every region is verified before anything is written in any.",
  examples: [
    { run: "gennet region bootstrap eu-west-1", says: "One region, after a look at its plan" },
    { run: "gennet region bootstrap --yes", says: "All regions, from a pipeline" },
    {
      run: "gennet region bootstrap --plan plan.json --yes",
      says: "What was planned and approved; refused if the world has changed",
    },
  ],
  args,
  flags,
  answers: "RegionBootstrap",
  load: () => import("./bootstrap.run.ts"),
});
