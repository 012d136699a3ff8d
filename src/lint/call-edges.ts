import { dependenciesOn, unitsOfComponent } from "./catalog.ts";
import { list, text, texts } from "./fields.ts";
import { fullHost, isDestinationRule, isVisible, ruleHost, standsFor } from "./hosts.ts";
import { isKind, type Manifest } from "./manifest.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";

/** A call that a tree declares. */
export interface CallEdge {
  /** Where it is declared. */
  readonly manifest: Manifest;
  readonly path: readonly (string | number)[];
  /** What is called, for people. */
  readonly target: string;
  /** From where it is called, if that is known. */
  readonly from: string | undefined;
  /** Outside the mesh: not a call from service to service. */
  readonly external: boolean;
  /** Whether a DestinationRule's host stands for what is called. */
  readonly isTarget: (host: string) => boolean;
}

/** The calls that a unit's objects and its component declare. */
export function callEdges(unit: Unit, tree: Tree): readonly CallEdge[] {
  return [...componentEdges(unit, tree), ...unit.manifests.flatMap(routeEdges), ...unit.manifests.flatMap(entryEdges)];
}

/** What catalog-info.yaml says the service depends on. */
export function componentEdges(unit: Unit, tree: Tree): readonly CallEdge[] {
  return tree
    .entities("Component")
    .filter((component) => unitsOfComponent(component, tree).includes(unit))
    .flatMap((component) =>
      dependenciesOn(component, "component")
        .filter(({ name }) => isService(name, tree))
        .map(({ name, index }): CallEdge => {
          const isTarget = (host: string): boolean =>
            host === name || host.startsWith(`${name}.`) || (host.startsWith("*.") && host.includes(`.${name}.svc`));
          const path = ["spec", "dependsOn", index];
          return { manifest: component, path, target: name, from: component.name, external: false, isTarget };
        }),
    );
}

/** A dependency on a library is no call. One that the catalogue here does not have is taken for a service. */
function isService(name: string, tree: Tree): boolean {
  const known = tree.entities("Component").find((component) => component.name === name);
  return known === undefined || text(known.value, "spec", "type") !== "library";
}

function routeEdges(manifest: Manifest): readonly CallEdge[] {
  if (!isKind(manifest, "networking.istio.io", "VirtualService")) return [];
  const seen = new Set<string>();
  return ["http", "tcp", "tls"].flatMap((protocol) =>
    list(manifest.value, "spec", protocol).flatMap((rule, at) =>
      list(rule, "route").flatMap((route, index): CallEdge[] => {
        const host = text(route, "destination", "host");
        if (host === undefined) return [];
        const full = fullHost(host, manifest.namespace);
        if (seen.has(full)) return [];
        seen.add(full);
        const path = ["spec", protocol, at, "route", index, "destination", "host"];
        const isTarget = (pattern: string): boolean => standsFor(pattern, full);
        return [{ manifest, path, target: host, from: manifest.namespace, external: false, isTarget }];
      }),
    ),
  );
}

function entryEdges(manifest: Manifest): readonly CallEdge[] {
  if (!isKind(manifest, "networking.istio.io", "ServiceEntry")) return [];
  const external = text(manifest.value, "spec", "location") !== "MESH_INTERNAL";
  return texts(manifest.value, "spec", "hosts").map((host, index) => ({
    manifest,
    path: ["spec", "hosts", index],
    target: host,
    from: manifest.namespace,
    external,
    isTarget: (pattern) => standsFor(pattern, host),
  }));
}

/** Every DestinationRule beside the unit that is for the edge and that its caller sees. */
export function rulesFor(edge: CallEdge, unit: Unit, tree: Tree): readonly Manifest[] {
  return tree
    .beside(unit)
    .filter((each) => isDestinationRule(each) && edge.isTarget(ruleHost(each)) && isVisible(each, edge.from));
}
