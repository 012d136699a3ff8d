import { certificates } from "./certificates.ts";
import { clusterAuthority } from "./cluster-authority.ts";
import { fenceCheck } from "./fence-check.ts";
import { healthIssues } from "./health-issues.ts";
import { kubernetesSupport } from "./kubernetes-support.ts";
import { nodesVersion } from "./nodes-version.ts";
import { resourcesCheck } from "./resources-check.ts";
import type { RegionStatusCheck } from "./status-context.ts";

/** What `gennet region status` asks about each region. */
export const regionStatusChecks: readonly RegionStatusCheck[] = [
  resourcesCheck,
  fenceCheck,
  healthIssues,
  kubernetesSupport,
  nodesVersion,
  clusterAuthority,
  certificates,
];
