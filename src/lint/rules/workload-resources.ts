import { field, list } from "../fields.ts";
import { isKind, type Manifest, mayBeIn } from "../manifest.ts";
import type { Rule } from "../rule.ts";
import { type Container, containersOf, isWorkload } from "../workloads.ts";

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
    "Requests are what the scheduler places a pod by and what an autoscaler measures against; limits keep one container from taking a node's memory from all others. A limit stands for the request that is missing, as in Kubernetes, and a LimitRange of the namespace with defaults for all that is missing. A container that lacks only its cpu limit is a warning: it can slow others down, but not end them.",
  severity: "fail",
  fix: "add resources.requests and resources.limits for cpu and memory",
  examine: (unit, tree) =>
    unit.manifests
      .filter((each) => isWorkload(each) && !hasDefaults(each, tree.beside(unit)))
      .flatMap((manifest) =>
        containersOf(manifest).flatMap((container) => {
          const lacking = wanted
            .filter(([of, resource]) => !has(container, of, resource))
            .map((each) => each.join("."));
          if (lacking.length === 0) return [];
          const summary = `container ${container.name} has no ${lacking.join(", ")}`;
          const path = [...container.path, "resources"];
          const isSlight = lacking.length === 1 && lacking[0] === "limits.cpu";
          return [{ manifest, path, summary, ...(isSlight ? { severity: "warn" as const } : {}) }];
        }),
      ),
};

function has({ value }: Container, of: "requests" | "limits", resource: string): boolean {
  const given = field(value, "resources", of, resource);
  return given != null || (of === "requests" && field(value, "resources", "limits", resource) != null);
}

function hasDefaults(workload: Manifest, beside: readonly Manifest[]): boolean {
  return beside.some(
    (each) =>
      isKind(each, "", "LimitRange") &&
      mayBeIn(each, workload.namespace) &&
      list(each.value, "spec", "limits").some((limit) => field(limit, "default", "memory") !== undefined),
  );
}
