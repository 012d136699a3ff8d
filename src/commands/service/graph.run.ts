import { findingsAbout } from "../../catalog/catalog.ts";
import { type Diagram, diagramOf } from "../../catalog/diagram.ts";
import { around, type CallGraph, circles, graphOf, missingDependencies } from "../../catalog/graph.ts";
import { requireService } from "../../catalog/require-service.ts";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exactPlace, exitOf, type LocatedFinding } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { table } from "../../view/table.ts";
import { findingsText, openCatalog } from "./catalog.run.ts";
import type { ServiceGraphInput } from "./graph.ts";

export interface ServiceGraph extends CallGraph {
  readonly kind: "ServiceGraph";
  /** Where the catalogue was searched, relative to the current folder. */
  readonly path: string;
  /** Only this service, what it reaches and what reaches it. */
  readonly about?: string;
  /** With --format. */
  readonly diagram?: Diagram;
  readonly findings: readonly LocatedFinding[];
}

export async function run(input: ServiceGraphInput, context: Context): Promise<Outcome<ServiceGraph>> {
  const catalog = await openCatalog(context, input.dir);
  const about = input.name === undefined ? undefined : requireService(catalog, input.name).name;
  const whole = graphOf(catalog);
  const graph = about === undefined ? whole : around(whole, about);
  const shown = catalog.services.filter(({ name }) => graph.nodes.some((node) => node.name === name));
  const found = about === undefined ? catalog.findings : findingsAbout(shown, catalog);
  const findings = [...found, ...missingDependencies(graph), ...circles(graph)];
  const diagram = input.format === "table" ? undefined : diagramOf(graph, input.format);
  if (diagram !== undefined) {
    for (const { severity, subject, summary, location } of findings) {
      const text = `${subject} ${summary} (${exactPlace(location)})`;
      if (severity !== "skip") context.emit({ type: "note", level: "warn", text });
    }
  }
  return {
    exit: exitOf(findings, input.strict),
    document: {
      kind: "ServiceGraph",
      path: catalog.path,
      ...(about === undefined ? {} : { about }),
      ...graph,
      ...(diagram === undefined ? {} : { diagram }),
      findings,
    },
  };
}

export function present({ diagram, nodes, edges, findings }: ServiceGraph, view: TextView): string {
  if (diagram !== undefined) return diagram.text;
  const node = (name: string): CallGraph["nodes"][number] | undefined => nodes.find((each) => each.name === name);
  const rows = edges.map(({ from, to, crossDomain, location }) => {
    const [own, other] = [node(from)?.domain ?? "-", node(to)?.domain ?? "-"];
    const domains = crossDomain ? view.paint("warn", `${own} → ${other}`) : node(to)?.inCatalog === true ? own : "-";
    return [from, "→", to, domains, ...(view.wide ? [`${location.file}:${location.line}`] : [])];
  });
  const head = ["CALLER", "", "CALLEE", "DOMAIN", ...(view.wide ? ["DECLARED AT"] : [])];
  const calls = rows.length === 0 ? [] : [table(head, rows, view), ""];
  const services = nodes.filter(({ inCatalog }) => inCatalog).length;
  const across = edges.filter(({ crossDomain }) => crossDomain).length;
  const counted = `${services} services, ${edges.length} calls${across > 0 ? `, ${across} across domains` : ""}`;
  return [...calls, counted, ...findingsText(findings, view)].join("\n");
}
