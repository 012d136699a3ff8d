import type { Check } from "../core/check.ts";
import { clusterApi } from "./checks/cluster-api.ts";
import { clusterEks } from "./checks/cluster-eks.ts";
import { clusterNodeGroups } from "./checks/cluster-node-groups.ts";
import { nodesReady } from "./checks/nodes-ready.ts";
import { podsRunning } from "./checks/pods-running.ts";
import { workloadsAvailable } from "./checks/workloads-available.ts";
import type { HealthContext } from "./health-context.ts";

/** Every check of `gennet status`, in the order in which findings are shown: causes before symptoms. */
export const healthChecks: readonly Check<HealthContext>[] = [
  clusterEks,
  clusterNodeGroups,
  clusterApi,
  nodesReady,
  workloadsAvailable,
  podsRunning,
];
