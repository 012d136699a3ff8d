import { namespaceOfHost, standsFor } from "../istio/hosts.ts";
import { dependenciesOn, unitsOfComponent } from "./catalog.ts";
import { field, type PlainFields, list, text, texts } from "./fields.ts";
import { fullHost, isDestinationRule, ownNamespace, ruleHost } from "./hosts.ts";
import { isKind, type Manifest } from "./manifest.ts";
import { placeholderIn } from "./placeholders.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";
import { isWorkload, podLabels } from "./workloads.ts";

/** A call that a tree declares. */
export interface CallEdge {
  /** Where it is declared. */
  readonly manifest: Manifest;
  readonly path: readonly (string | number)[];
  /** The callee, for display. */
  readonly target: string;
  readonly callers: readonly DeclaredCaller[];
  /** The hosts that it may refer to, because a name in the catalogue is ambiguous. */
  readonly hosts: readonly DeclaredCallee[];
  /** The host is outside the mesh, so this is not a call between services. */
  readonly external: boolean;
  /** Whether the name contains a placeholder. */
  readonly isPlaceholder: boolean;
}

export interface DeclaredCaller {
  /** Undefined if the tree does not show it. */
  readonly namespace: string | undefined;
  /** The labels of the caller's pods; undefined if unknown. */
  readonly labels: PlainFields | undefined;
  readonly workload?: Manifest;
}

export interface DeclaredCallee {
  readonly host: string;
  /** The ports of the Service or ServiceEntry; undefined if the tree does not show them. */
  readonly namespace: string | undefined;
}

/** Returns the calls that a unit's objects and its component declare. */
export function callEdges(unit: Unit, tree: Tree): readonly CallEdge[] {
  return [
    ...componentEdges(unit, tree),
    ...unit.manifests.flatMap((manifest) => routeEdges(manifest, tree.beside(unit))),
    ...unit.manifests.flatMap(entryEdges),
  ];
}

/** Returns the dependencies in the service's catalog-info.yaml. */
export function componentEdges(unit: Unit, tree: Tree): readonly CallEdge[] {
  return tree
    .entities("Component")
    .filter((component) => unitsOfComponent(component, tree).includes(unit))
    .flatMap((component) =>
      dependenciesOn(component, "component")
        .filter(({ name }) => isService(name, tree))
        .map(({ name, index }): CallEdge => ({
          manifest: component,
          path: ["spec", "dependsOn", index],
          target: name,
          callers: callersIn(unit, component),
          hosts: hostsOf(name, unit, tree),
          external: false,
          isPlaceholder: false,
        })),
    );
}

/** A dependency on a library is not a call. A dependency that is not in the catalogue counts as a service. */
function isService(name: string, tree: Tree): boolean {
  const known = tree.entities("Component").find((component) => component.name === name);
  return known === undefined || text(known.value, "spec", "type") !== "library";
}

function callersIn(unit: Unit, component: Manifest): readonly DeclaredCaller[] {
  const workloads = unit.manifests.filter(isWorkload);
  if (workloads.length === 0) return [{ namespace: component.name, labels: undefined }];
  return workloads.map((workload) => ({ namespace: workload.namespace, labels: podLabels(workload), workload }));
}

/**
 * Returns the component's Services if the tree contains them, otherwise every host of that name that a rule applies to.
 */
function hostsOf(name: string, unit: Unit, tree: Tree): readonly DeclaredCallee[] {
  const component = tree.entities("Component").find((each) => each.name === name);
  const services = (component === undefined ? [] : unitsOfComponent(component, tree))
    .flatMap(({ manifests }) => manifests)
    .filter((each) => isKind(each, "", "Service"));
  const named = services.filter((service) => service.name === name);
  const known = (named.length > 0 ? named : services).filter(({ namespace }) => namespace !== undefined);
  if (known.length > 0) {
    return known.map((service) => ({
      host: fullHost(service.name, service.namespace),
      namespace: service.namespace,
    }));
  }
  const ruled = tree
    .beside(unit)
    .filter(isDestinationRule)
    .map(ruleHost)
    .filter((host) => host.startsWith(`${name}.`) && namespaceOfService(host, tree.beside(unit)) !== undefined);
  const hosts = new Set([fullHost(name, name), fullHost(name, undefined), ...ruled]);
  return [...hosts].map((host) => ({ host, namespace: namespaceOfHost(host) }));
}

function routeEdges(manifest: Manifest, beside: readonly Manifest[]): readonly CallEdge[] {
  if (!isKind(manifest, "networking.istio.io", "VirtualService")) return [];
  const seen = new Set<string>();
  return destinationsIn(manifest).flatMap(({ host, path }): CallEdge[] => {
    const full = fullHost(host, manifest.namespace);
    if (seen.has(full)) return [];
    seen.add(full);
    return [
      {
        manifest,
        path: [...path, "host"],
        target: host,
        callers: [{ namespace: manifest.namespace, labels: undefined }],
        hosts: [{ host: full, namespace: namespaceOfService(full, beside) }],
        external: false,
        isPlaceholder: placeholderIn(host) !== undefined,
      },
    ];
  });
}

/** Returns the destinations of a VirtualService, each with the path of its `destination`. */
export function destinationsIn(
  manifest: Manifest,
): readonly { host: string; subset: string | undefined; path: readonly (string | number)[] }[] {
  return ["http", "tcp", "tls"].flatMap((protocol) =>
    list(manifest.value, "spec", protocol).flatMap((rule, at) =>
      list(rule, "route").flatMap((route, index) => {
        const host = text(route, "destination", "host");
        const path = ["spec", protocol, at, "route", index, "destination"];
        return host === undefined ? [] : [{ host, subset: text(route, "destination", "subset"), path }];
      }),
    ),
  );
}

/** Finds a Service by its name, and any other host by its ServiceEntry. */
export function namespaceOfService(host: string, beside: readonly Manifest[]): string | undefined {
  const named = namespaceOfHost(host);
  if (named !== undefined) return named;
  const entry = beside.find(
    (each) =>
      isKind(each, "networking.istio.io", "ServiceEntry") &&
      texts(each.value, "spec", "hosts").some((pattern) => standsFor(pattern, host)),
  );
  return entry === undefined ? undefined : (entry.namespace ?? ownNamespace);
}

function entryEdges(manifest: Manifest): readonly CallEdge[] {
  if (!isKind(manifest, "networking.istio.io", "ServiceEntry")) return [];
  const external = field(manifest.value, "spec", "location") !== "MESH_INTERNAL";
  return texts(manifest.value, "spec", "hosts").map((host, index) => ({
    manifest,
    path: ["spec", "hosts", index],
    target: host,
    callers: [{ namespace: manifest.namespace, labels: undefined }],
    hosts: [{ host, namespace: manifest.namespace ?? ownNamespace }],
    external,
    isPlaceholder: placeholderIn(host) !== undefined,
  }));
}
