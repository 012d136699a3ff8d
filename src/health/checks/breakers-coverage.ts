import type { Finding } from "../../core/finding.ts";
import { breakerCheck } from "../breakers/breaker-check.ts";
import { type Edge, isGuarded } from "../breakers/edges.ts";
import { counted, foldAlike, listed } from "../fold-alike.ts";

const id = "breakers/coverage";

export const breakersCoverage = breakerCheck({
  id,
  title: "calls without a breaker",
  explain:
    "Every call from service to service goes through a circuit breaker (ADR-006). An edge is what a caller's proxy has really sent calls over since it started; in the mesh its breaker is a DestinationRule that the caller sees, with limits in connectionPool or with outlierDetection. Limits of 4294967295, which Istio writes where nothing is said, are none. `gennet lint` finds the same before it is deployed.",
  async run({ breakers }) {
    const used = (await breakers.edges()).filter(({ calls }) => calls > 0);
    const open = used.filter((edge) => !isGuarded(edge));
    if (open.length > 0) return foldAlike(open, ({ caller }) => caller).map(toFinding);
    const summary = used.length === 1 ? "has a breaker" : "have a breaker";
    return [{ id, severity: "ok", subject: counted(used.length, "used call edge"), summary }];
  },
});

function toFinding(edges: readonly [Edge, ...Edge[]]): Finding {
  const [{ caller }] = edges;
  const callees = edges.map(({ callee }) => callee);
  return {
    id,
    severity: "warn",
    subject: caller,
    summary: `calls ${listed(callees)} without a breaker`,
    fix: "add a DestinationRule with connectionPool and outlierDetection for each host",
    evidence: { callees },
  };
}
