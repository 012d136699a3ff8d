import { undetermined } from "../placeholders.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";
import { lastingContainersOf, hasProbe, isWorkload } from "../workloads.ts";

export const workloadLiveness: Rule = {
  id: "workload/liveness",
  title: "containers have a liveness probe",
  explain:
    "Without a livenessProbe, a container that hangs is never restarted. The probe should check only the process, never its dependencies: otherwise one failing database restarts every service. It is a warning, because some programs exit by themselves if they cannot continue.",
  severity: "warn",
  fix: "add a livenessProbe that checks only the process",
  examine: (unit) =>
    unit.manifests.filter(isWorkload).flatMap((manifest) =>
      lastingContainersOf(manifest)
        .filter((container) => !hasProbe(container, "livenessProbe"))
        .flatMap(({ name, path }): readonly Observation[] => {
          const open = undetermined(manifest, [...path, "livenessProbe"]);
          return open.length > 0 ? open : [{ manifest, path, summary: `container ${name} has no livenessProbe` }];
        }),
    ),
};
