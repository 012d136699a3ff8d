import type { Check } from "../../core/check.ts";
import type { HealthContext } from "../health-context.ts";

type MeshCheck = Omit<Check<HealthContext>, "needs">;

/**
 * A check that has nothing to ask where there is no mesh. Nobody misses one in a status of everything; whoever asks for
 * the mesh itself is told that nothing is known of it.
 */
export function meshCheck(check: MeshCheck): Check<HealthContext> {
  const { id, title: subject } = check;
  return {
    ...check,
    needs: ["cluster/api"],
    async run(context, signal) {
      if (await context.mesh.present()) return check.run(context, signal);
      const summary = "Istio is not installed here: no istiod runs, and no pod has a proxy";
      return [
        context.mesh.expected
          ? { id, severity: "unknown", obstacle: "unreachable", subject, summary }
          : { id, severity: "skip", subject, summary },
      ];
    },
  };
}
