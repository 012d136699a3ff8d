import { undetermined } from "../placeholders.ts";
import type { Observation, Rule } from "../rule.ts";
import { containersOf, hasProbe, isWorkload } from "../workloads.ts";

export const workloadLiveness: Rule = {
  id: "workload/liveness",
  title: "containers have a liveness probe",
  explain:
    "Without a livenessProbe a container that hangs is never restarted. It should ask the process alone, never what the process depends on: else one database restarts every service. A warning, as some programs end by themselves when they cannot continue.",
  severity: "warn",
  fix: "add a livenessProbe that asks the process alone",
  examine: (unit) =>
    unit.manifests.filter(isWorkload).flatMap((manifest) =>
      containersOf(manifest)
        .filter((container) => !hasProbe(container, "livenessProbe"))
        .flatMap(({ name, path }): readonly Observation[] => {
          const open = undetermined(manifest, [...path, "livenessProbe"]);
          return open.length > 0 ? open : [{ manifest, path, summary: `container ${name} has no livenessProbe` }];
        }),
    ),
};
