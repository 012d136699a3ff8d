import { listed } from "../../core/enumerate.ts";
import type { CatalogService } from "../../catalog/catalog-service.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { Context } from "../../context.ts";
import { mapBounded } from "../../core/bounded.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exitOf, type LocatedFinding } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { table } from "../../view/table.ts";
import { findingsText, madeBy, openCatalog } from "./catalog.run.ts";
import type { ServiceListInput } from "./list.ts";

export interface ServiceList {
  readonly kind: "ServiceList";
  /** Where the catalogue was searched, relative to the current folder. */
  readonly path: string;
  /** In alphabetical order. */
  readonly items: readonly ListedService[];
  /** By file, line and column. */
  readonly findings: readonly LocatedFinding[];
}

export interface ListedService {
  readonly name: string;
  readonly type?: string;
  readonly domain?: string;
  readonly owner?: string;
  readonly regions: readonly string[];
  /** Names of services. */
  readonly dependsOn: readonly string[];
  readonly calledBy: readonly string[];
  /** The template and version that gennet made it from. */
  readonly template?: string;
  readonly version?: string;
  /** Relative to the current folder. */
  readonly path: string;
}

export async function run(input: ServiceListInput, context: Context): Promise<Outcome<ServiceList>> {
  const catalog = await openCatalog(context, input.path);
  const services = inRegions(catalog, context.options.region);
  const read = await mapBounded(services, 16, async (service) => {
    const { made, findings } = await madeBy(service, context.host.cwd);
    const { name, type, domain, owner, regions, dependsOn, path } = service;
    const item: ListedService = {
      name,
      ...(type === undefined ? {} : { type }),
      ...(domain === undefined ? {} : { domain }),
      ...(owner === undefined ? {} : { owner }),
      regions,
      dependsOn: dependsOn.map((each) => each.name),
      calledBy: catalog.callersOf(name).map((each) => each.name),
      ...(made === undefined ? {} : { template: made.template, version: made.version }),
      path,
    };
    return { item, findings };
  });
  const findings = [...catalog.findings, ...read.flatMap((each) => each.findings)];
  const items = read.map(({ item }) => item);
  return {
    exit: exitOf(findings, false),
    document: { kind: "ServiceList", path: catalog.path, items, findings },
  };
}

function inRegions({ services, path }: Catalog, wanted: readonly string[]): readonly CatalogService[] {
  const known = [...new Set(services.flatMap(({ regions }) => regions))].sort();
  const unknown = wanted.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new AppError("REGION_UNKNOWN", `No service of the catalogue in ${path} runs in a region "${unknown}".`, {
      next: [known.length === 0 ? "None of them lists a region." : `Regions in the catalogue: ${known.join(", ")}`],
    });
  }
  return wanted.length === 0
    ? services
    : services.filter(({ regions }) => wanted.some((name) => regions.includes(name)));
}

export function present({ path, items, findings }: ServiceList, view: TextView): string {
  const some = (names: readonly string[]): string => shortened(names, view);
  const head = ["NAME", "DOMAIN", "OWNER", "REGIONS", "DEPENDS ON", "CALLED BY", "TEMPLATE"];
  const rows = items.map(({ name, domain, owner, regions, dependsOn, calledBy, template, version, ...item }) => [
    name,
    domain ?? "-",
    owner ?? "-",
    some(regions),
    some(dependsOn),
    some(calledBy),
    template === undefined ? "-" : `${template} ${version ?? ""}`,
    ...(view.wide ? [item.type ?? "-", item.path] : []),
  ]);
  const list =
    items.length === 0
      ? [`No services found: no catalog-info.yaml in ${path} or its subfolders declares one.`]
      : [table([...head, ...(view.wide ? ["TYPE", "PATH"] : [])], rows, view)];
  return [...list, ...findingsText(findings, view)].join("\n");
}

/** Keeps the table readable if a service has very many callers. */
function shortened(names: readonly string[], { wide }: TextView): string {
  return names.length === 0 ? "-" : listed(names, wide ? names.length : 3);
}
