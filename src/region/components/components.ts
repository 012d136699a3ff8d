import { collector } from "./collector.ts";
import { applicationName, type PlatformComponent, type ComponentWorkload, type ComponentWorld } from "./component.ts";
import { externalSecrets, secretStoreComponent } from "./external-secrets.ts";
import { istioBase, istioCni, istiod, istioIngress } from "./istio.ts";
import { clusterAutoscaler, loadBalancerController } from "./managed-nodes.ts";
import { meshPolicies } from "./mesh-policies.ts";
import { namespacesComponent } from "./namespaces.ts";
import { neo4j } from "./neo4j.ts";
import { prometheus } from "./prometheus.ts";

const all: readonly PlatformComponent[] = [
  namespacesComponent,
  istioBase,
  istioCni,
  istiod,
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
  return world.platform.platform === undefined ? [] : all.filter((each) => each.isWanted(world));
}

/** A component that a region must have. */
export interface ExpectedComponent {
  /** `istiod` */
  readonly id: string;
  /** The name of its Application, in the namespace of Argo CD. */
  readonly application: string;
  /** Where its objects are that name no namespace. */
  readonly namespace: string;
  /** Empty if it consists of configuration only. */
  readonly workloads: readonly ComponentWorkload[];
}

/** Returns what a region must have, as gennet.yaml says; what the team installs itself is not part of it. */
export function expectedComponents(
  platform: ComponentWorld["platform"],
  region: ComponentWorld["region"],
): readonly ExpectedComponent[] {
  return componentsOf({ platform, region }).map(({ id, namespace, workloads }) => ({
    id,
    application: applicationName({ id }),
    namespace,
    workloads,
  }));
}
