import type { Check } from "../core/check.ts";
import { clusterApi } from "./checks/cluster-api.ts";
import { clusterEks } from "./checks/cluster-eks.ts";
import { meshIstiod } from "./checks/mesh-istiod.ts";
import { meshMtls } from "./checks/mesh-mtls.ts";
import { meshPolicies } from "./checks/mesh-policies.ts";
import { meshProbes } from "./checks/mesh-probes.ts";
import { meshSidecar } from "./checks/mesh-sidecar.ts";
import { meshSync } from "./checks/mesh-sync.ts";
import { platformIstio } from "./components/component-checks.ts";
import type { HealthContext } from "./health-context.ts";

export const meshAreaChecks: readonly Check<HealthContext>[] = [
  meshIstiod,
  meshSync,
  meshSidecar,
  meshProbes,
  meshMtls,
  meshPolicies,
];

/** The checks of `gennet mesh`. */
export const meshChecks: readonly Check<HealthContext>[] = [clusterEks, clusterApi, platformIstio, ...meshAreaChecks];
