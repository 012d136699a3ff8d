import { argument, flag } from "../../core/command.ts";
import { declare } from "../declare.ts";

const args = { name: argument.one("REGION", "the region of gennet.yaml to roll back") };
const flags = {
  dryRun: flag.switch("show what would be rolled back, and what is in the way, without changing anything"),
  yes: flag.consent("do not ask for confirmation"),
};

export interface RegionRollbackInput {
  readonly name: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

export const regionRollback = declare({
  path: ["region", "rollback"],
  summary: "roll the control plane of a region back to its previous version",
  description:
    "Rolls back the last upgrade of a region's control plane, by one minor version. EKS allows that for seven days, and only while all node groups still have the previous version; with Auto Mode, EKS replaces the nodes first, which may take hours. Add-ons that do not fit it are put back: before the control plane, if they have a version that fits both. Data in the cluster stays as it is. gennet.yaml keeps asking for the new version: the line to change is shown. You can stop or kill it at any time: the next run resumes. Exit codes: 0 rolled back, 3 not possible or failed, 8 with --dry-run.",
  examples: [
    { run: "gennet region rollback eu-west-1", says: "Show what will be rolled back, ask, do it" },
    { run: "gennet region rollback eu-west-1 --dry-run", says: "Show whether EKS can roll it back" },
  ],
  args,
  flags,
  answers: "RegionRollback",
});
