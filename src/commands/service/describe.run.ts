import { findingsAbout } from "../../catalog/catalog.ts";
import { graphOf, missingDependencies } from "../../catalog/graph.ts";
import { requireService } from "../../catalog/require-service.ts";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exitOf, type LocatedFinding, type SourceLocation } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { findingsText, madeBy, openCatalog } from "./catalog.run.ts";
import type { ServiceDescribeInput } from "./describe.ts";

export interface ServiceDescription {
  readonly kind: "ServiceDescription";
  readonly name: string;
  readonly description?: string;
  readonly type?: string;
  readonly lifecycle?: string;
  readonly domain?: string;
  readonly owner?: string;
  readonly regions: readonly string[];
  /** Relative to the current folder. */
  readonly path: string;
  /** Where it is declared. */
  readonly location: SourceLocation;
  /** The template and version that gennet made it from, and its features. */
  readonly template?: string;
  readonly version?: string;
  readonly features?: readonly string[];
  readonly dependencies: readonly DescribedPeer[];
  readonly callers: readonly DescribedPeer[];
  /** References to its other dependencies. */
  readonly resources: readonly string[];
  readonly findings: readonly LocatedFinding[];
}

export interface DescribedPeer {
  readonly name: string;
  readonly domain?: string;
  readonly crossDomain: boolean;
  /** False if no catalog-info.yaml declares it. */
  readonly inCatalog: boolean;
}

export async function run(input: ServiceDescribeInput, context: Context): Promise<Outcome<ServiceDescription>> {
  const catalog = await openCatalog(context, input.dir);
  const service = requireService(catalog, input.name);
  const { made, findings: damaged } = await madeBy(service, context.host.cwd);
  const graph = graphOf(catalog);
  const peer = (name: string, crossDomain: boolean): DescribedPeer => {
    const { domain, inCatalog = false } = graph.nodes.find((node) => node.name === name) ?? {};
    return { name, ...(domain === undefined ? {} : { domain }), crossDomain, inCatalog };
  };
  const { dependsOn: _named, ...about } = service;
  const calls = graph.edges.filter(({ from }) => from === service.name);
  const missing = missingDependencies({ nodes: graph.nodes, edges: calls });
  const findings = [...findingsAbout([service], catalog), ...damaged, ...missing];
  return {
    exit: exitOf(findings, false),
    document: {
      kind: "ServiceDescription",
      ...about,
      ...made,
      dependencies: calls.map((each) => peer(each.to, each.crossDomain)),
      callers: graph.edges.filter(({ to }) => to === service.name).map((each) => peer(each.from, each.crossDomain)),
      findings,
    },
  };
}

export function present(document: ServiceDescription, view: TextView): string {
  const { name, description, type, lifecycle, domain, owner, regions, location, template, version } = document;
  const facts: readonly (readonly [label: string, values: readonly (string | undefined)[]])[] = [
    ["domain", [domain ?? "-"]],
    ["owner", [owner ?? "-"]],
    ["type", [[type, lifecycle].filter((each) => each !== undefined).join(", ")]],
    ["regions", [regions.join(", ")]],
    ["declared at", [`${location.file}:${location.line}`]],
    ["template", [template === undefined ? "" : `${template} ${version ?? ""}`]],
    ["features", [document.features?.join(", ")]],
    ["depends on", document.dependencies.map((each) => peerText(each, view))],
    ["also needs", document.resources],
    ["called by", document.callers.map((each) => peerText(each, view))],
  ];
  const lines = facts.flatMap(([label, values]) =>
    values
      .filter((value) => value !== undefined && value !== "")
      .map((value, index) => `  ${(index === 0 ? label : "").padEnd(12)}${value ?? ""}`),
  );
  const title = `${view.paint("strong", name)}${description === undefined ? "" : `   ${description}`}`;
  return [title, ...lines, ...findingsText(document.findings, view)].join("\n");
}

function peerText({ name, domain, crossDomain, inCatalog }: DescribedPeer, { paint }: TextView): string {
  if (!inCatalog) return `${name} ${paint("warn", "(not in the catalogue)")}`;
  if (crossDomain) return `${name} ${paint("warn", `(another domain: ${domain ?? ""})`)}`;
  return domain === undefined ? name : `${name} ${paint("dim", `(${domain})`)}`;
}
