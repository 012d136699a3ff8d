import type { Finding } from "../../core/finding.ts";
import { AppError } from "../../core/error.ts";
import { unknownBecause } from "../../core/run-checks.ts";
import { breakerCheck } from "../breakers/breaker-check.ts";
import { type Edge, isGuarded } from "../breakers/edges.ts";
import { type ForgottenCalls, forgottenCalls } from "../breakers/forgotten-calls.ts";
import { unseenCalls } from "../breakers/unseen-calls.ts";
import { foldAlike } from "../fold-alike.ts";
import type { HealthContext } from "../health-context.ts";
import { withWell } from "../with-well.ts";
import { listed, counted } from "../../core/enumerate.ts";

const id = "breakers/coverage";

export const breakersCoverage = breakerCheck({
  id,
  title: "calls without a breaker",
  explain:
    "Every call between services should go through a circuit breaker (ADR-006). An edge is a caller and a callee between which a proxy has actually sent calls. Its breaker is a DestinationRule that is visible to the caller, with limits in connectionPool or with outlierDetection. These are not breakers: limits of 4294967295 (Istio's default), maxConnections alone for HTTP, which rejects no calls, and an outlierDetection whose thresholds are 0 or whose maxEjectionPercent (10 by default) is less than one host, so that Envoy ejects none. Envoy counts calls per host, and the counters disappear with the host. If a callee without a breaker was rolled out after its caller started, it is unknown whether it was called before: that is a warning, unless the proxy exports upstream_rq_total and upstream_cx_total (sidecar.istio.io/statsInclusionRegexps). Calls to the address of a pod instead of a service, and calls to ports that annotations exclude from the proxy, bypass every breaker: that is a warning, as long as Envoy knows the address. `gennet lint` finds the same problems before deployment.",
  async run({ breakers, mesh, kube }) {
    const [edges, callers, pods] = [await breakers.edges(), await breakers.callers(), await mesh.pods()];
    const used = edges.filter(({ calls }) => calls > 0);
    const bare = used.filter((edge) => isGuarded(edge) === false);
    const findings: readonly Finding[] = [
      ...foldAlike(bare, ({ caller }) => caller).map(toFinding),
      ...unseenCalls(callers, pods).map(({ caller, summary, evidence }): Finding => ({
        id,
        severity: "warn",
        subject: caller,
        summary,
        fix: "call services by name, and remove traffic.sidecar.istio.io annotations that make calls bypass the proxy",
        evidence,
      })),
      ...(await unknownRules(used, breakers)),
      ...forgotten(await forgottenCalls(callers, pods, kube)),
    ];
    if (findings.length > 0) return findings;
    const summary = used.length === 1 ? "has a breaker" : "have a breaker";
    const none = "no proxy has sent a call over one yet: there is nothing to check";
    return withWell([], { id, count: used.length, one: "used call edge", summary, none });
  },
});

function toFinding(edges: readonly [Edge, ...Edge[]]): Finding {
  const [{ caller }] = edges;
  const callees = edges.map(({ callee }) => callee);
  const rules = edges.flatMap(({ rule, callee, belowOneHost, hosts }) => {
    if (rule === undefined) return [];
    return belowOneHost === undefined
      ? [`${rule} for ${callee} neither refuses calls nor ejects hosts`]
      : [`${rule} for ${callee} ejects none of its ${counted(hosts, "host")}: maxEjectionPercent is ${belowOneHost}`];
  });
  return {
    id,
    severity: "warn",
    subject: caller,
    summary: [`calls ${listed(callees)} without a breaker`, ...rules.slice(0, 1)].join("; "),
    fix: "add a DestinationRule with connectionPool and outlierDetection for each host",
    evidence: { callees },
  };
}

/** Returns a finding about proxies with outlier detection if it is unknown whether it is switched off. */
async function unknownRules(used: readonly Edge[], breakers: HealthContext["breakers"]): Promise<readonly Finding[]> {
  const open = used.filter((edge) => isGuarded(edge) === undefined);
  if (open.length === 0) return [];
  const rules = await breakers.rules();
  const callees = [...new Set(open.map(({ callee }) => callee))];
  const subject = counted(open.length, "used call edge");
  const what = `it is unknown whether the outlierDetection for ${listed(callees)} ejects hosts`;
  if (!(rules instanceof AppError)) {
    const summary = `${what}: the proxies have one, but no DestinationRule in this cluster applies`;
    return [{ id, severity: "unknown", subject, summary, evidence: { callees } }];
  }
  const unknown = unknownBecause(rules);
  return [{ id, subject, ...unknown, summary: `${what}: ${unknown.summary}` }];
}

function forgotten(calls: readonly ForgottenCalls[]): readonly Finding[] {
  if (calls.length === 0) return [];
  const [{ caller, callee } = { caller: "", callee: "" }] = calls;
  const more = calls.length === 1 ? "" : ` and ${counted(calls.length - 1, "other call edge")}`;
  return [
    {
      id,
      severity: "warn",
      subject: counted(calls.length, "call edge"),
      summary: `${caller} → ${callee}${more}: no breaker, and it is unknown whether it was used before the callee's current pods started`,
      fix: "add a DestinationRule for the host, or make callers export upstream_rq_total and upstream_cx_total",
      evidence: { edges: calls },
    },
  ];
}
