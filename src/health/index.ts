import type { Check } from "../core/check.ts";
import { clusterAddons } from "./checks/cluster-addons.ts";
import { clusterApi } from "./checks/cluster-api.ts";
import { clusterEks } from "./checks/cluster-eks.ts";
import { clusterNetwork } from "./checks/cluster-network.ts";
import { clusterNodeGroups } from "./checks/cluster-node-groups.ts";
import { gitopsCompared } from "./checks/gitops-compared.ts";
import { gitopsController } from "./checks/gitops-controller.ts";
import { gitopsDeletion } from "./checks/gitops-deletion.ts";
import { gitopsGenerated } from "./checks/gitops-generated.ts";
import { gitopsHealth } from "./checks/gitops-health.ts";
import { gitopsOperation } from "./checks/gitops-operation.ts";
import { gitopsRollout } from "./checks/gitops-rollout.ts";
import { gitopsShared } from "./checks/gitops-shared.ts";
import { gitopsSource } from "./checks/gitops-source.ts";
import { gitopsSync } from "./checks/gitops-sync.ts";
import { gitopsWindow } from "./checks/gitops-window.ts";
import { meshCertificates } from "./checks/mesh-certificates.ts";
import { nodesReady } from "./checks/nodes-ready.ts";
import { podsRunning } from "./checks/pods-running.ts";
import { secretsFresh } from "./checks/secrets-fresh.ts";
import { secretsReady } from "./checks/secrets-ready.ts";
import { secretsReplicas } from "./checks/secrets-replicas.ts";
import { secretsStore } from "./checks/secrets-store.ts";
import { tracingCollector } from "./checks/tracing-collector.ts";
import { workloadsAutoscalers } from "./checks/workloads-autoscalers.ts";
import { workloadsAvailable } from "./checks/workloads-available.ts";
import { workloadsBudgets } from "./checks/workloads-budgets.ts";
import { breakersAreaChecks } from "./breaker-checks.ts";
import { platformChecks } from "./components/component-checks.ts";
import type { HealthContext } from "./health-context.ts";
import { meshAreaChecks } from "./mesh-checks.ts";

/** The checks of Argo CD, causes before symptoms. */
const gitops = [
  gitopsController,
  gitopsGenerated,
  gitopsCompared,
  gitopsDeletion,
  gitopsSource,
  gitopsShared,
  gitopsOperation,
  gitopsWindow,
  gitopsRollout,
  gitopsSync,
  gitopsHealth,
];

/** Every check of `gennet status`, in the order in which findings are shown: causes before symptoms. */
export const healthChecks: readonly Check<HealthContext>[] = [
  clusterEks,
  clusterAddons,
  clusterNetwork,
  clusterNodeGroups,
  clusterApi,
  nodesReady,
  workloadsAvailable,
  podsRunning,
  workloadsBudgets,
  workloadsAutoscalers,
  ...platformChecks,
  ...meshAreaChecks,
  ...breakersAreaChecks,
  meshCertificates,
  ...gitops,
  secretsStore,
  secretsReady,
  secretsFresh,
  secretsReplicas,
  tracingCollector,
];
