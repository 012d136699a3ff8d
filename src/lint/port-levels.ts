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
 * What a PeerAuthentication with a selector picks in the tree. Where the workload is elsewhere, Services whose selector
 * has all of its labels stand for their pods: they name the container's ports.
 */
export function pickedBy(policy: Manifest, unit: Unit, tree: Tree): readonly Selectable[] {
  const wanted = policySelector(policy);
  const isPicked = ({ labels }: Selectable): boolean => hasLabels(labels, wanted);
  const picked = selectablesIn(policy.namespace, unit, tree).filter(isPicked);
  return picked.length > 0 ? picked : servicesAsPods(policy.namespace, unit, tree).filter(isPicked);
}

/** Ports of its portLevelMtls that are a Service's and none of a container's: they have no effect. */
export function strayPortsOf(policy: Manifest, unit: Unit, tree: Tree): readonly StrayPort[] {
  const ports = Object.keys(fields(policy.value, "spec", "portLevelMtls"));
  if (ports.length === 0) return [];
  return strayPorts(ports, pickedBy(policy, unit, tree), servicesIn(policy.namespace, unit, tree));
}
