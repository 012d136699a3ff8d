import type { Paint } from "../../core/command.ts";
import { formatDuration } from "../../core/duration.ts";
import { isLeftOut, share, type ShareState } from "../share.ts";
import type { BreakersRegion, BreakersReport } from "./breakers-report.ts";
import { type Edge, refusing } from "./edges.ts";
import type { EjectedPod } from "./ejected-pods.ts";

type Rows = readonly (readonly string[])[];

/**
 * Returns a row for each region. If not every proxy answered, the numbers of edges and ejected pods are minimums: `≥3`.
 */
export function breakersRows({ regions, findings }: Pick<BreakersReport, "regions" | "findings">, paint: Paint): Rows {
  return [
    ["REGION", "PROXIES", "EDGES", "EJECTED", "TIME"].map((cell) => paint("dim", cell)),
    ...regions.map((region) => {
      const { name, proxies, edges, ejected, durationMs } = region;
      const count = (checks: readonly string[], all: readonly unknown[] | undefined, isBad: boolean): string => {
        if (all === undefined && checks.every((id) => isLeftOut(findings, name, id))) return "-";
        if (all === undefined || (proxies?.answered === 0 && proxies.total > 0)) return paint("unknown", "?");
        const isWhole = proxies === undefined || proxies.answered === proxies.total;
        const text = `${isWhole ? "" : "≥"}${all.length}`;
        if (isBad && all.length > 0) return paint("bad", text);
        return isWhole ? (isBad ? paint("good", text) : text) : paint("unknown", text);
      };
      return [
        paint("strong", name),
        proxiesCell(region, findings, paint),
        count(["breakers/open", "breakers/coverage", "breakers/ejected"], edges, false),
        count(["breakers/ejected"], ejected, true),
        paint("dim", formatDuration(durationMs)),
      ];
    }),
  ];
}

function proxiesCell({ name, proxies }: BreakersRegion, findings: BreakersReport["findings"], paint: Paint): string {
  if (proxies === undefined) return isLeftOut(findings, name, "breakers/proxies") ? "-" : share(undefined, paint);
  const states = Array.from({ length: proxies.total }, (_, at): ShareState =>
    at < proxies.answered ? "good" : "unknown",
  );
  return share(states, paint);
}

/** Returns a row for each edge. Without `wide`, only edges that carry calls, or that have a problem. */
export function edgeRows(edges: readonly Edge[], wide: boolean, paint: Paint): Rows {
  const shown = edges.filter((edge) => wide || edge.calls > 0 || edge.ejected.length + refusing(edge).length > 0);
  if (shown.length === 0) return [];
  return [
    ["CALLER", "CALLEE", "LIMITS", "EJECTS", "OPEN", "REFUSED", "EJECTED"].map((cell) => paint("dim", cell)),
    ...shown.map((edge) => {
      const { caller, callee, limits, outlierDetection, hosts, ejected } = edge;
      const counts = Object.entries(limits).map(([limit, count]) => `${limit} ${count}`);
      return [
        caller,
        callee,
        counts.length === 0 ? paint("warn", "none") : counts.join(", "),
        outlierDetection === undefined ? paint("unknown", "?") : outlierDetection ? "yes" : paint("warn", "no"),
        openCell(edge, paint),
        refusedCell(edge, paint),
        paint(ejected.length === 0 ? "dim" : "bad", `${ejected.length}/${hosts}`),
      ];
    }),
  ];
}

/** A breaker without limits cannot be open, whatever the proxies export. */
function openCell(edge: Edge, paint: Paint): string {
  if (Object.keys(edge.limits).length === 0) return "-";
  if (edge.open === undefined) return paint("unknown", "?");
  const reached = refusing(edge);
  return reached.length === 0 ? paint("good", "closed") : paint("bad", reached.map(({ limit }) => limit).join(", "));
}

function refusedCell({ limits, overflows }: Edge, paint: Paint): string {
  if (overflows === undefined) return Object.keys(limits).length === 0 ? "-" : paint("unknown", "?");
  return paint(overflows === 0 ? "dim" : "warn", String(overflows));
}

/** Returns each ejected pod, and the callers that no longer call it. */
export function ejectedRows(ejected: readonly EjectedPod[], paint: Paint): Rows {
  if (ejected.length === 0) return [];
  return [
    ["EJECTED POD", "BY", "PROXIES", "AS"].map((cell) => paint("dim", cell)),
    ...ejected.flatMap(({ address, pod, by }) =>
      by.map(({ caller, callee, pods, of }, at) => [
        at === 0 ? paint("bad", pod ?? address) : "",
        caller,
        `${pods.length}/${of}`,
        callee,
      ]),
    ),
  ];
}
