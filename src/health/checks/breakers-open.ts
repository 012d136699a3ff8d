import type { Finding } from "../../core/finding.ts";
import { statisticsAnnotation } from "../../istio/statistics-annotation.ts";
import { breakerCheck } from "../breakers/breaker-check.ts";
import { type Edge, refusing } from "../breakers/edges.ts";
import { foldAlike } from "../fold-alike.ts";
import { withWell } from "../with-well.ts";
import { counted } from "../../core/enumerate.ts";

const id = "breakers/open";

export const breakersOpen = breakerCheck({
  id,
  title: "open breakers",
  explain:
    "A breaker is open in a caller's proxy while the number of connections, requests, waiting requests or retries to a service has reached a limit in the connectionPool of its DestinationRule; further calls fail immediately (503 with the flag UO). With HTTP, reaching the limit of connections does not refuse calls yet, and idle connections count: calls share connections, and wait for a free one in a queue with its own limit. Calls and retries that were refused since the proxy started, although no breaker is open now, are a warning. Istio does not export these statistics by default: without them it is unknown whether a breaker is open, never ok. Annotate the caller's pods with sidecar.istio.io/statsInclusionRegexps, as the templates do.",
  async run({ breakers }) {
    const limited = (await breakers.edges()).filter(({ limits }) => Object.keys(limits).length > 0);
    const known = limited.filter(({ open }) => open !== undefined);
    const silent = foldAlike(
      limited.filter(({ open }) => open === undefined),
      ({ caller }) => caller,
    );
    const findings = [...known.flatMap(judge), ...silent.map(notExported)];
    if (findings.length > 0) return findings;
    const summary = known.length === 1 ? "is closed" : "are closed";
    const none = "no proxy has a breaker with limits";
    return withWell([], { id, count: known.length, one: "breaker", summary, none });
  },
});

function judge(edge: Edge): Finding[] {
  const { caller, callee, proxies, limits, open = [], overflows = 0 } = edge;
  const about = { id, subject: `${caller} → ${callee}` };
  const refused = overflows === 0 ? [] : [`${counted(overflows, "call")} refused since its proxies started`];
  const reached = refusing(edge);
  if (reached.length > 0) {
    const which = reached.map(
      ({ limit, pods }) =>
        `${limit} (limit ${limits[limit]}) in ${pods.length} of ${counted(proxies, "proxy", "proxies")}`,
    );
    const summary = [`open: ${which.join(", ")}`, ...refused].join("; ");
    return [{ ...about, severity: "fail", summary, evidence: { limits, open, overflows } }];
  }
  if (overflows === 0) return [];
  const summary = ["closed now", ...refused].join("; ");
  return [{ ...about, severity: "warn", summary, evidence: { limits, open, overflows } }];
}

function notExported(edges: readonly [Edge, ...Edge[]]): Finding {
  const [{ caller }] = edges;
  return {
    id,
    severity: "unknown",
    obstacle: "unreachable",
    subject: caller,
    summary: `its proxies export no breaker statistics: it is unknown whether ${edges.length === 1 ? "one" : `one of ${edges.length}`} is open`,
    fix: `annotate its pod template with ${statisticsAnnotation}`,
    evidence: { callees: edges.map(({ callee }) => callee) },
  };
}
