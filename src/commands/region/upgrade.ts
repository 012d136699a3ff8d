import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { names: argument.many("REGION", "regions of gennet.yaml (default: all)") };
const flags = {
  bake: flag.duration("how long a region must be healthy before its nodes follow the control plane (default: 1h)"),
  gate: flag.list("CHECK", "the checks of `gennet status` that decide whether it is (default: all)"),
  dryRun: flag.switch("show what would be upgraded, and what is in the way, without changing anything"),
  yes: flag.consent("do not ask for confirmation"),
};

export interface RegionUpgradeInput {
  readonly names: readonly string[];
  readonly bake: number | undefined;
  readonly gate: readonly string[];
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export const regionUpgrade = declare({
  path: ["region", "upgrade"],
  summary: "upgrade regions to the Kubernetes version of gennet.yaml",
  description:
    "Upgrades one region after the other, in the order of their waves, by one minor version at a time: nodes and add-ons are brought level with the control plane; EKS and the cluster are asked what is in the way; the control plane is upgraded; the region has to be healthy for the time of --bake, while its nodes still are the old ones and EKS could roll it back; then the add-ons and the nodes follow. Stops at the first region that fails. You can stop or kill it at any time: the next run resumes, also in the middle of a bake. Exit codes: 0 upgraded, 3 not ready, failed or unhealthy, 5 health unknown, 8 with --dry-run if there is something to upgrade.",
  examples: [
    { run: "gennet region upgrade --dry-run", says: "Show every step in every region, and what is in the way" },
    { run: "gennet region upgrade eu-west-1 --bake 4h", says: "Upgrade one region, and watch it for four hours" },
    {
      run: "gennet region upgrade --gate mesh --gate workloads --yes",
      says: "All regions from a pipeline; only these checks decide",
    },
  ],
  args,
  flags,
  answers: "RegionUpgrade",
});
