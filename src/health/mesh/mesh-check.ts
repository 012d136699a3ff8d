import type { Check } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import type { HealthContext } from "../health-context.ts";

type MeshCheck = Omit<Check<HealthContext>, "needs">;

/**
 * Returns a check that does nothing if there is no mesh. `gennet status` skips it then; if the user asked for the mesh
 * itself, the result is unknown.
 */
export function meshCheck(check: MeshCheck): Check<HealthContext> {
  const { id, title: subject } = check;
  return {
    ...check,
    needs: ["cluster/api", "platform/istio"],
    async run(context, signal) {
      if (await context.mesh.present()) return check.run(context, signal);
      const summary = "Istio is not installed here: no istiod runs, and no pod has a proxy";
      // With --only, platform/istio is not asked.
      if (context.components.expected("istio") === undefined) return [nothingIn({ id, subject, summary }, context)];
      return [{ id, subject, summary, severity: "unknown", obstacle: "unreachable" }];
    },
  };
}

/** Returns the finding of a check that found nothing to check, which does not mean that anything is healthy. */
export function nothingIn(
  about: Pick<Finding, "id" | "subject" | "summary" | "fix">,
  { mesh }: Pick<HealthContext, "mesh">,
): Finding {
  return mesh.expected ? { ...about, severity: "unknown", obstacle: "unreachable" } : { ...about, severity: "skip" };
}

/** Returns where a check looked: ` of namespace shop`, or an empty string for all namespaces. */
export function whereIn({ kube }: Pick<HealthContext, "kube">): string {
  return kube.namespace === undefined ? "" : ` of namespace ${kube.namespace.name}`;
}
