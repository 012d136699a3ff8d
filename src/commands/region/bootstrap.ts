import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.optional("REGION", "a region of gennet.yaml (default: all)") };
const flags = {
  plan: flag.text("FILE", "make exactly the changes in this file from `region plan --out`"),
  only: flag.list("RESOURCE", "change only this resource: vpc, or eu-west-1/vpc"),
  except: flag.list("RESOURCE", "change everything except for this resource"),
  adopt: flag.switch("take over what exists under a name of gennet but was not made by it"),
  dryRun: flag.switch("show the changes without making them, like `region plan`"),
  yes: flag.consent("do not ask for confirmation"),
};

export interface RegionBootstrapInput {
  readonly name: string | undefined;
  readonly plan: string | undefined;
  readonly only: readonly string[];
  readonly except: readonly string[];
  readonly adopt: boolean;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export const regionBootstrap = declare({
  path: ["region", "bootstrap"],
  summary: "create or update regions: network, EKS cluster, nodes, add-ons",
  description:
    "Creates the network, EKS cluster, nodes, add-ons and baseline of each region, or updates them. Shows the plan, asks for confirmation, and applies it to all regions in parallel. You can stop or kill it at any time: the next run resumes without creating anything twice. Before the first change, gennet verifies the AWS account of every region.",
  examples: [
    { run: "gennet region bootstrap eu-west-1", says: "Bootstrap one region, after showing its plan" },
    { run: "gennet region bootstrap --yes", says: "Bootstrap all regions from a pipeline" },
    {
      run: "gennet region bootstrap --plan plan.json --yes",
      says: "Apply an approved plan; refused if anything has changed since",
    },
  ],
  args,
  flags,
  answers: "RegionBootstrap",
});
