import { field } from "../fields.ts";
import type { Rule } from "../rule.ts";
import { containersOf, isWorkload } from "../workloads.ts";

export const workloadReadiness: Rule = {
  id: "workload/readiness",
  title: "containers that serve have a readiness probe",
  explain:
    "Without a readinessProbe a pod gets traffic as soon as its process is there, also while it starts, and goes on getting it when it can no longer serve. Asked of every container of a Deployment, StatefulSet, DaemonSet or Rollout that names a port; one that names none is a warning, as it may serve nobody.",
  severity: "fail",
  fix: "add a readinessProbe that answers whether the container can serve",
  examine: (unit) =>
    unit.manifests.filter(isWorkload).flatMap((manifest) =>
      containersOf(manifest)
        .filter(({ value }) => field(value, "readinessProbe") === undefined)
        .map(({ name, path, value }) => ({
          manifest,
          path,
          summary: `container ${name} has no readinessProbe`,
          ...(field(value, "ports") === undefined ? { severity: "warn" as const } : {}),
        })),
    ),
};
