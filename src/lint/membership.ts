import { type Membership, membershipOf, namespaceLabels, type PodFacts } from "../istio/membership.ts";
import { field, fields, text } from "./fields.ts";
import { isKind, type Manifest, mayBeIn } from "./manifest.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";
import { selects } from "../core/kubernetes/label-selector.ts";
import { isWorkload, podLabels, podTemplateOf } from "./workloads.ts";

export interface TreeMembership extends Membership {
  /** Whether the tree has the Namespace. */
  readonly declared: boolean;
}

/**
 * Whether the pods of a workload are in the mesh, by themselves and by the Namespace that the tree declares. `unasked`
 * where neither says so: a label may be set by something that the tree does not show.
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

/** Whether its pods may have a sidecar: what only a sidecar reads or reports is not asked of others. */
export function mayHaveSidecar(workload: Manifest, unit: Unit, tree: Tree): boolean {
  const { state } = membershipIn(workload, unit, tree);
  return state === "sidecar" || state === "unasked";
}

/** What a host of a Service names: the pods behind it where the tree has them, else its namespace. */
export function membershipsOfHost(host: string, unit: Unit, tree: Tree): readonly TreeMembership[] {
  const { namespace, workloads } = behindHost(host, tree.beside(unit));
  if (namespace === undefined) return [];
  if (workloads.length > 0) return workloads.map((each) => membershipIn({ ...each, namespace }, unit, tree));
  return [membershipAt({ labels: {}, annotations: {}, hostNetwork: false }, namespace, unit, tree)];
}

/** The namespace that a host of a Service names, and the workloads whose pods that picks. */
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

/** Whether a Service picks the pods of a workload. */
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
  // Several that disagree are of several clusters.
  const namespace = { name, labels: said.size === 1 ? labels[0] : undefined };
  return { ...membershipOf(pod, namespace), declared: found.length > 0 };
}
