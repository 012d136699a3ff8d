import { relative } from "node:path";
import { mapBounded } from "../core/bounded.ts";
import { entityReference } from "../core/entity.ts";
import { byPlace, type LocatedFinding } from "../core/finding.ts";
import { catalogFacts, catalogFinding } from "./catalog-facts.ts";
import { type CatalogService, isCall, serviceOf, shownName } from "./catalog-service.ts";
import { findCatalogFiles } from "./find-files.ts";
import { type CatalogEntity, type ReadFile, readEntities } from "./read-entities.ts";
import { readSmallFile } from "./small-file.ts";

export interface Catalog {
  /** The folder as shown to the user. */
  readonly path: string;
  /** Sorted by name, without duplicates. */
  readonly services: readonly CatalogService[];
  /** Returns the service for a name or a reference. */
  find(name: string): CatalogService | undefined;
  /** Returns the services that depend on a service, which itself may be missing from the catalogue. */
  callersOf(name: string): readonly CatalogService[];
  /** Unreadable files and inconsistencies, by file and line. */
  readonly findings: readonly LocatedFinding[];
}

/**
 * Reads every catalog-info.yaml in a folder and its subfolders. Paths are shown relative to `cwd`. Returns findings for
 * unreadable files. Throws CATALOG_PATH_UNREADABLE or CATALOG_TOO_LARGE.
 */
export async function readCatalog(root: string, cwd: string, signal: AbortSignal): Promise<Catalog> {
  const shown = (path: string): string => relative(cwd, path).replaceAll("\\", "/") || ".";
  const { files, closed } = await findCatalogFiles(root, shown(root), signal);
  const read = await mapBounded(files, 16, async (path): Promise<ReadFile> => {
    signal.throwIfAborted();
    const content = await readSmallFile(path);
    if (content === undefined) return { entities: [], findings: [] };
    if ("text" in content) return readEntities(shown(path), content.text);
    return { entities: [], findings: [unreadable(shown(path), content.problem)] };
  });
  const catalog = catalogOf(
    shown(root),
    read.flatMap(({ entities }) => entities),
  );
  const unread = closed.map(({ folder, code }) => unreadable(shown(folder), `cannot be searched: ${code}`));
  const findings = [...unread, ...read.flatMap((file) => file.findings), ...catalog.findings];
  return { ...catalog, findings: findings.sort(byPlace) };
}

function catalogOf(path: string, entities: readonly CatalogEntity[]): Catalog {
  const components = entities.filter((entity) => isOfBackstage(entity, "Component"));
  const systems = entities.filter((entity) => isOfBackstage(entity, "System"));
  const called = components.filter(isCall);
  const libraries = new Set(components.filter((each) => !isCall(each)).map((each) => keyOf(nameOf(each))));
  const read = called.map((entity) => serviceOf(entity, systems, libraries));
  const byKey = new Map<string, CatalogService>();
  const findings: LocatedFinding[] = [];
  for (const { service, findings: said } of read) {
    const key = keyOf(service.name);
    const first = byKey.get(key);
    findings.push(...said);
    if (first === undefined) byKey.set(key, service);
    else findings.push(doubled(service, first));
  }
  const services = [...byKey.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  const callers = new Map<string, CatalogService[]>();
  for (const service of services) {
    for (const { name } of service.dependsOn) callers.set(keyOf(name), [...(callers.get(keyOf(name)) ?? []), service]);
  }
  return {
    path,
    services,
    find: (name) => byKey.get(keyOf(name)),
    callersOf: (name) => callers.get(keyOf(name)) ?? [],
    findings,
  };
}

/**
 * Returns the findings that concern some services: everything about their files, and every file that may hide a caller
 * or dependency.
 */
export function findingsAbout(services: readonly CatalogService[], { findings }: Catalog): readonly LocatedFinding[] {
  const files = new Set(services.map(({ location }) => location.file));
  return findings.filter(({ severity, location }) => severity === "fail" || files.has(location.file));
}

/** Returns the lookup key of a service: a name or a reference, case-insensitive. */
function keyOf(written: string): string {
  const { namespace = "default", name = written } = entityReference(written) ?? {};
  return shownName(namespace, name).toLowerCase();
}

function isOfBackstage({ apiVersion, kind }: CatalogEntity, wanted: string): boolean {
  return apiVersion.startsWith("backstage.io/") && kind.toLowerCase() === wanted.toLowerCase();
}

function nameOf({ namespace, name }: CatalogEntity): string {
  return shownName(namespace, name);
}

function doubled({ name, location }: CatalogService, { location: first }: CatalogService): LocatedFinding {
  const summary = `is already declared at ${first.file}:${first.line}`;
  return catalogFinding(catalogFacts.unique, `service ${name}`, summary, location);
}

function unreadable(path: string, problem: string): LocatedFinding {
  return catalogFinding(catalogFacts.readable, path, problem, { file: path, line: 1, column: 1 });
}
