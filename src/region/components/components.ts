import { collector } from "./collector.ts";
import { applicationName, type PlatformComponent, type ComponentWorkload, type ComponentWorld } from "./component.ts";
import { externalSecrets, secretStoreComponent } from "./external-secrets.ts";
import { istioBase, istioCni, istioIngress } from "./istio.ts";
import { istioTag } from "./istio-tag.ts";
import { istiods } from "./istiod.ts";
import { clusterAutoscaler, loadBalancerController } from "./managed-nodes.ts";
import { meshPolicies } from "./mesh-policies.ts";
import { namespacesComponent } from "./namespaces.ts";
import { neo4j } from "./neo4j.ts";
import { prometheus } from "./prometheus.ts";

/** Returns every component that a gennet.yaml may ask for. */
export const possibleComponents = (world: ComponentWorld): readonly PlatformComponent[] => [
  namespacesComponent,
  istioBase,
  istioCni,
  ...istiods(world),
  istioTag,
  istioIngress,
  meshPolicies,
  externalSecrets,
  secretStoreComponent,
  collector,
  prometheus,
  neo4j,
  loadBalancerController,
  clusterAutoscaler,
];

/** Returns the components that gennet brings to a region; none without `platform` in gennet.yaml. */
export function componentsOf(world: ComponentWorld): readonly PlatformComponent[] {
  return world.platform.platform === undefined ? [] : possibleComponents(world).filter((each) => each.isWanted(world));
}

/** A component that a region must have. */
export interface ExpectedComponent {
  /** `collector` */
  readonly id: string;
  /** The name of its Application, in the namespace of Argo CD; a pattern if there may be several: `platform-istiod-*`. */
  readonly application: string;
  /** Where its objects are that name no namespace. */
  readonly namespace: string;
  /** Empty if it consists of configuration only; their names are patterns, too. */
  readonly workloads: readonly ComponentWorkload[];
}

/** Returns what a region must have, as gennet.yaml says; what the team installs itself is not part of it. */
export function expectedComponents(
  platform: ComponentWorld["platform"],
  region: ComponentWorld["region"],
): readonly ExpectedComponent[] {
  return componentsOf({ platform, region }).map(({ id, namespace, workloads, anyOf }) => ({
    id,
    application: applicationName({ id: anyOf ?? id }),
    namespace,
    // Which istiod runs is known from Git only: it may be that of an older release of gennet.
    workloads: anyOf === undefined ? workloads : workloads.map((each) => ({ ...each, name: anyOf })),
  }));
}
