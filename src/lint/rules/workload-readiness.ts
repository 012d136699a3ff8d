import { list } from "../fields.ts";
import { undetermined } from "../placeholders.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { lastingContainersOf, hasProbe, isWorkload } from "../workloads.ts";

export const workloadReadiness: Rule = {
  id: "workload/readiness",
  title: "containers that serve have a readiness probe",
  explain:
    "Without a readinessProbe, a pod gets traffic as soon as its process exists, even during start-up, and keeps getting it when it can no longer serve. Checked for every container and sidecar of a Deployment, StatefulSet, DaemonSet, Rollout, ReplicaSet or ReplicationController that declares a port. A container without a port is a warning, because it may not serve at all. A probe that is null, or has no handler, does not count.",
  severity: "fail",
  fix: "add a readinessProbe that shows whether the container can serve",
  examine: (unit) =>
    unit.manifests.filter(isWorkload).flatMap((manifest) =>
      lastingContainersOf(manifest)
        .filter((container) => !hasProbe(container, "readinessProbe"))
        .flatMap(({ name, path, value }): readonly Observation[] => {
          const open = undetermined(manifest, [...path, "readinessProbe"]);
          if (open.length > 0) return open;
          const less = list(value, "ports").length === 0 ? { severity: "warn" as const } : {};
          return [{ manifest, path, summary: `container ${name} has no readinessProbe`, ...less }];
        }),
    ),
};
