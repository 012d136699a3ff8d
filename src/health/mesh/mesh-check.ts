import type { Check } from "../../core/check.ts";
import type { Finding } from "../../core/finding.ts";
import type { HealthContext } from "../health-context.ts";

type MeshCheck = Omit<Check<HealthContext>, "needs">;

/**
 * A check that has nothing to ask where there is no mesh. A status of everything passes over that; who asks for the
 * mesh itself is told that nothing is known of it.
 */
export function meshCheck(check: MeshCheck): Check<HealthContext> {
  const { id, title: subject } = check;
  return {
    ...check,
    needs: ["cluster/api"],
    async run(context, signal) {
      if (await context.mesh.present()) return check.run(context, signal);
      const summary = "Istio is not installed here: no istiod runs, and no pod has a proxy";
      return [nothingIn({ id, subject, summary }, context)];
    },
  };
}

/** A check that found nothing to look at has seen nothing healthy. */
export function nothingIn(
  about: Pick<Finding, "id" | "subject" | "summary" | "fix">,
  { mesh }: Pick<HealthContext, "mesh">,
): Finding {
  return mesh.expected ? { ...about, severity: "unknown", obstacle: "unreachable" } : { ...about, severity: "skip" };
}

/** `in the mesh`, `of namespace shop`: where a check looked. */
export function whereIn({ kube }: Pick<HealthContext, "kube">): string {
  return kube.namespace === undefined ? "" : ` of namespace ${kube.namespace.name}`;
}
