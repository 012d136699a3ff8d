import { field } from "../fields.ts";
import { containerLimits, effectiveResources, violations } from "../limit-ranges.ts";
import type { Manifest } from "../manifest.ts";
import { undetermined } from "../placeholders.ts";
import { quantityOf } from "../../core/kubernetes/quantity.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { type ManifestContainer, lastingContainersOf, isWorkload, podResources } from "../workloads.ts";

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
    "The scheduler places a pod by its requests, and autoscalers measure against them; limits keep one container from taking a node's memory from all others. gennet looks for each in the container (including sidecars), then in the pod's own resources (spec.resources, on by default since Kubernetes 1.34), then in the LimitRanges of the namespace, applied as in the API server: a missing request equals the limit, a range's default limit is its maximum, and its default request is the default limit or the minimum. A container without only a cpu limit is a warning: it can slow others down, but not stop them. A container that violates a range's minimum, maximum or ratio fails, because its pods are rejected.",
  severity: "fail",
  fix: "add resources.requests and resources.limits for cpu and memory",
  examine: (unit, tree) =>
    unit.manifests
      .filter(isWorkload)
      .flatMap((manifest) =>
        lastingContainersOf(manifest).flatMap((container) => judge(manifest, container, tree.beside(unit))),
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
    fix: "stay within the LimitRange of the namespace, or change it",
  }));
  const lacking = wanted
    .filter(([of, resource]) => isNothing(effective[of][resource]) && !hasInPod(manifest, of, resource))
    .map((each) => each.join("."));
  if (lacking.length === 0) return rejected;
  const summary = `container ${container.name} has no ${lacking.join(", ")}`;
  const isSlight = lacking.length === 1 && lacking[0] === "limits.cpu";
  return [...rejected, { manifest, path, summary, ...(isSlight ? { severity: "warn" as const } : {}) }];
}

/** The pod's resources are shared by its containers; a missing request equals the limit there, too. */
function hasInPod(manifest: Manifest, of: "requests" | "limits", resource: string): boolean {
  const resources = podResources(manifest);
  return [of, "limits"].some((each) => !isNothing(field(resources, each, resource)));
}

/** A limit of 0 means no limit to the kubelet, and a request of 0 reserves nothing. */
function isNothing(quantity: unknown): boolean {
  return quantity == null || quantityOf(quantity) === 0;
}
