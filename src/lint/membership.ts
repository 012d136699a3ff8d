import { type Membership, membershipOf, namespaceLabels, type PodFacts } from "../istio/membership.ts";
import { field, fields, text } from "./fields.ts";
import { isKind, type Manifest, mayBeIn } from "./manifest.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";
import { selects } from "../core/kubernetes/label-selector.ts";
import { isWorkload, podLabels, podTemplateOf } from "./workloads.ts";

export interface TreeMembership extends Membership {
  /** Whether the tree contains the Namespace. */
  readonly declared: boolean;
}

/**
 * Returns whether the pods of a workload are in the mesh, according to their template and the Namespace in the tree.
 * `unasked` if neither decides: something outside the tree may set a label.
 */
function membershipIn(workload: Manifest, unit: Unit, tree: Tree): TreeMembership {
  const template = podTemplateOf(workload);
  const pod = {
    labels: fields(template, "metadata", "labels"),
    annotations: fields(template, "metadata", "annotations"),
    hostNetwork: field(template, "spec", "hostNetwork") === true,
  };
  return membershipAt(pod, workload.namespace, unit, tree);
}

/** Returns whether its pods may have a sidecar. Rules about sidecars only apply to these. */
export function mayHaveSidecar(workload: Manifest, unit: Unit, tree: Tree): boolean {
  const { state } = membershipIn(workload, unit, tree);
  return state === "sidecar" || state === "unasked";
}

/** What a host of a Service refers to: the pods behind it if the tree contains them, otherwise its namespace. */
export function membershipsOfHost(host: string, unit: Unit, tree: Tree): readonly TreeMembership[] {
  const { namespace, workloads } = behindHost(host, tree.beside(unit));
  if (namespace === undefined) return [];
  if (workloads.length > 0) return workloads.map((each) => membershipIn({ ...each, namespace }, unit, tree));
  return [membershipAt({ labels: {}, annotations: {}, hostNetwork: false }, namespace, unit, tree)];
}

/** Returns the namespace that a host of a Service refers to, and the workloads whose pods it selects. */
export function behindHost(
  host: string,
  beside: readonly Manifest[],
): { readonly namespace?: string; readonly workloads: readonly Manifest[] } {
  const [, name, namespace] = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/.exec(host) ?? [];
  if (name === undefined || namespace === undefined) return { workloads: [] };
  const here = beside.filter((each) => mayBeIn(each, namespace));
  const services = here.filter((each) => isKind(each, "", "Service") && each.name === name);
  return {
    namespace,
    workloads: here.filter((each) => isWorkload(each) && services.some((service) => isBehind(service, each))),
  };
}

/** Returns whether a Service selects the pods of a workload. */
function isBehind(service: Manifest, workload: Manifest): boolean {
  const selector = fields(service.value, "spec", "selector");
  return Object.keys(selector).length > 0 && selects({ matchLabels: selector }, podLabels(workload));
}

function membershipAt(pod: PodFacts, name = "(its own)", unit: Unit, tree: Tree): TreeMembership {
  const isIt = (each: Manifest): boolean => isKind(each, "", "Namespace") && each.name === name;
  const own = unit.manifests.filter(isIt);
  const found = own.length > 0 ? own : tree.beside(unit).filter(isIt);
  const labels = found.map(({ value }) => fields(value, "metadata", "labels"));
  const said = new Set(labels.map((each) => namespaceLabels.map((key) => text(each, key)).join()));
  // Several that disagree belong to different clusters.
  const namespace = { name, labels: said.size === 1 ? labels[0] : undefined };
  return { ...membershipOf(pod, namespace), declared: found.length > 0 };
}
