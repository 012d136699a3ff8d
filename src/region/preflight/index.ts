import { access } from "./access.ts";
import { addresses } from "./addresses.ts";
import { balancers } from "./balancers.ts";
import { endpoint } from "./endpoint.ts";
import { givenDatabase } from "./given-database.ts";
import { givenKey } from "./given-key.ts";
import { givenNetwork } from "./given-network.ts";
import { instanceType } from "./instance-type.ts";
import { kubernetesVersion } from "./kubernetes-version.ts";
import { permissions } from "./permissions.ts";
import type { PreflightCheck } from "./preflight-context.ts";
import { quotas } from "./quotas.ts";
import { ranges } from "./ranges.ts";
import { takeover } from "./takeover.ts";

/** What is checked before the first change of a region. That the account is the right one, the plan has verified. */
export const preflightChecks: readonly PreflightCheck[] = [
  kubernetesVersion,
  instanceType,
  givenNetwork,
  givenKey,
  givenDatabase,
  endpoint,
  access,
  ranges,
  addresses,
  quotas,
  takeover,
  balancers,
  permissions,
];
