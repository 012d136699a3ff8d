import type { Paint } from "../../core/command.ts";
import { formatDuration } from "../../core/duration.ts";
import type { BreakersRegion } from "./breakers-report.ts";
import { type Edge, refusing } from "./edges.ts";
import type { EjectedPod } from "./ejected-pods.ts";

type Rows = readonly (readonly string[])[];

export function breakersRows(regions: readonly BreakersRegion[], paint: Paint): Rows {
  const unknown = paint("unknown", "?");
  return [
    ["REGION", "PROXIES", "EDGES", "EJECTED", "TIME"].map((cell) => paint("dim", cell)),
    ...regions.map(({ name, proxies, edges, ejected, durationMs }) => [
      paint("strong", name),
      proxies === undefined
        ? unknown
        : paint(proxies.answered === proxies.total ? "good" : "bad", `${proxies.answered}/${proxies.total}`),
      edges === undefined ? unknown : String(edges.length),
      ejected === undefined ? unknown : paint(ejected.length === 0 ? "good" : "bad", String(ejected.length)),
      paint("dim", formatDuration(durationMs)),
    ]),
  ];
}

/** Caller by callee. Without `wide` those edges alone that carry calls, or that have something to tell. */
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
        outlierDetection ? "yes" : paint("warn", "no"),
        openCell(edge, paint),
        refusedCell(edge, paint),
        paint(ejected.length === 0 ? "dim" : "bad", `${ejected.length}/${hosts}`),
      ];
    }),
  ];
}

/** What is not limited cannot be open, whatever is exported. */
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

/** Each ejected pod, and who does not call it any more. */
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
