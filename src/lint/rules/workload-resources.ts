import { field } from "../fields.ts";
import { containerLimits, effectiveResources, violations } from "../limit-ranges.ts";
import type { Manifest } from "../manifest.ts";
import { undetermined } from "../placeholders.ts";
import { quantityOf } from "../quantity.ts";
import type { Observation, Rule } from "../rule.ts";
import { type ManifestContainer, containersOf, isWorkload, podResources } from "../workloads.ts";

const wanted = [
  ["requests", "cpu"],
  ["requests", "memory"],
  ["limits", "cpu"],
  ["limits", "memory"],
] as const;

export const workloadResources: Rule = {
  id: "workload/resources",
  title: "containers have requests and limits",
  explain:
    "Requests are what the scheduler places a pod by and what an autoscaler measures against; limits keep one container from taking a node's memory from all others. Each is looked for in the container (sidecars are containers too), then in the pod's own resources (spec.resources, on by default since Kubernetes 1.34), then in the LimitRanges of the namespace, read as the API server applies them: a limit is the request that is missing, a range's maximum its default limit, and its default limit or minimum the default request. A container that lacks only its cpu limit is a warning: it can slow others down, but not end them. One that breaks a range's minimum, maximum or ratio fails, as its pods are rejected.",
  severity: "fail",
  fix: "add resources.requests and resources.limits for cpu and memory",
  examine: (unit, tree) =>
    unit.manifests
      .filter(isWorkload)
      .flatMap((manifest) =>
        containersOf(manifest).flatMap((container) => judge(manifest, container, tree.beside(unit))),
      ),
};

function judge(manifest: Manifest, container: ManifestContainer, beside: readonly Manifest[]): Observation[] {
  const open = [[], ["requests"], ["limits"]]
    .map((below) => [...container.path, "resources", ...below])
    .flatMap((at) => (typeof field(manifest.value, ...at) === "string" ? undetermined(manifest, at) : []));
  if (open.length > 0) return open.slice(0, 1);
  const ranges = containerLimits(manifest, beside);
  const effective = effectiveResources(container.value, ranges);
  const path = [...container.path, "resources"];
  const rejected = [...new Set(ranges.flatMap((range) => violations(effective, range)))].map((why) => ({
    manifest,
    path,
    summary: `container ${container.name}: its pods are rejected: ${why}`,
    fix: "keep to the LimitRange of the namespace, or change it",
  }));
  const lacking = wanted
    .filter(([of, resource]) => isNothing(effective[of][resource]) && !hasInPod(manifest, of, resource))
    .map((each) => each.join("."));
  if (lacking.length === 0) return rejected;
  const summary = `container ${container.name} has no ${lacking.join(", ")}`;
  const isSlight = lacking.length === 1 && lacking[0] === "limits.cpu";
  return [...rejected, { manifest, path, summary, ...(isSlight ? { severity: "warn" as const } : {}) }];
}

/** What the pod has, its containers share; there too a limit is the request that is missing. */
function hasInPod(manifest: Manifest, of: "requests" | "limits", resource: string): boolean {
  const resources = podResources(manifest);
  return [of, "limits"].some((each) => !isNothing(field(resources, each, resource)));
}

/** A limit of 0 is none to the kubelet, and a request of 0 reserves nothing. */
function isNothing(quantity: unknown): boolean {
  return quantity == null || quantityOf(quantity) === 0;
}
