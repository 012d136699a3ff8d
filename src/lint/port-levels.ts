import { strayPorts, type StrayPort } from "../istio/policy-ports.ts";
import { fields } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import {
  hasLabels,
  policySelector,
  type Selectable,
  selectablesIn,
  servicesAsPods,
  servicesIn,
} from "./policy-pods.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

/**
 * Returns what a PeerAuthentication with a selector matches in the tree. If the workload is not in the tree, Services
 * whose selector has all of its labels represent their pods, because they name the container's ports.
 */
export function pickedBy(policy: Manifest, unit: Unit, tree: Tree): readonly Selectable[] {
  const wanted = policySelector(policy);
  const isPicked = ({ labels }: Selectable): boolean => hasLabels(labels, wanted);
  const picked = selectablesIn(policy.namespace, unit, tree).filter(isPicked);
  return picked.length > 0 ? picked : servicesAsPods(policy.namespace, unit, tree).filter(isPicked);
}

/** Returns the ports in portLevelMtls that belong to a Service but to no container. They have no effect. */
export function strayPortsOf(policy: Manifest, unit: Unit, tree: Tree): readonly StrayPort[] {
  const ports = Object.keys(fields(policy.value, "spec", "portLevelMtls"));
  if (ports.length === 0) return [];
  return strayPorts(ports, pickedBy(policy, unit, tree), servicesIn(policy.namespace, unit, tree));
}
