import type { Check } from "../core/check.ts";
import { breakersCoverage } from "./checks/breakers-coverage.ts";
import { breakersEjected } from "./checks/breakers-ejected.ts";
import { breakersOpen } from "./checks/breakers-open.ts";
import { breakersProxies } from "./checks/breakers-proxies.ts";
import { clusterApi } from "./checks/cluster-api.ts";
import { clusterEks } from "./checks/cluster-eks.ts";
import { meshClientTls } from "./checks/mesh-client-tls.ts";
import { platformIstio } from "./components/component-checks.ts";
import type { HealthContext } from "./health-context.ts";

export const breakersAreaChecks: readonly Check<HealthContext>[] = [
  breakersProxies,
  meshClientTls,
  breakersEjected,
  breakersOpen,
  breakersCoverage,
];

/** The checks of `gennet breakers`. */
export const breakerChecks: readonly Check<HealthContext>[] = [
  clusterEks,
  clusterApi,
  platformIstio,
  ...breakersAreaChecks,
];
