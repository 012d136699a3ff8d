import type { ObjectMeta } from "../../../src/core/kubernetes/object.ts";
import { serviceRange } from "../region/service-addresses.ts";

/** What is used here of a Service (core/v1). */
export interface ServiceView {
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly type?: string;
    /** `None` for a headless Service. */
    readonly clusterIP?: string;
    readonly externalName?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number; readonly protocol?: string }[];
  };
}

/** What is used here of an EndpointSlice (discovery.k8s.io/v1). */
export interface SliceView {
  readonly metadata: ObjectMeta;
  readonly addressType?: string;
  readonly endpoints?:
    | readonly {
        readonly addresses: readonly string[];
        readonly hostname?: string;
        /** An endpoint of which nothing is known counts as ready. */
        readonly conditions?: { readonly ready?: boolean | null };
      }[]
    | null;
  readonly ports?: readonly { readonly name?: string; readonly port?: number; readonly protocol?: string }[] | null;
}

/** Where connections to one address and port go. */
export interface ServiceRoute {
  readonly address: string;
  readonly port: number;
  readonly protocol: string;
  /** `100.71.16.2:8000`. None: connections are refused. */
  readonly endpoints: readonly string[];
}

/** What a name of the cluster's domain resolves to. */
export interface ServiceDomain {
  readonly addresses: readonly string[];
  /** The name that an ExternalName Service stands for, with its last dot. */
  readonly target?: string;
}

/** What pods know of their region's Services: `pod-shim services` routes by it, `pod-shim serve` resolves names by it. */
export interface ServiceTable {
  readonly range: string;
  readonly routes: readonly ServiceRoute[];
  /** By name, with its last dot: `orders.shop.svc.cluster.local.`. */
  readonly names: Readonly<Record<string, ServiceDomain>>;
}

/** The label by which an EndpointSlice belongs to a Service. */
const ownerLabel = "kubernetes.io/service-name";

/**
 * Returns the table of a region's Services. `isReachable` is whether a program answers at an address: nothing does at
 * those of simulated pods, so that connections to them are refused instead of timing out.
 */
export function serviceTable(
  services: Iterable<ServiceView>,
  slices: Iterable<SliceView>,
  isReachable: (address: string) => boolean,
  fixed: readonly ServiceRoute[],
): ServiceTable {
  const slicesOf = new Map<string, SliceView[]>();
  for (const slice of slices) {
    if (slice.addressType !== undefined && slice.addressType !== "IPv4") continue;
    const owner = `${slice.metadata.namespace}/${slice.metadata.labels?.[ownerLabel]}`;
    slicesOf.set(owner, [...(slicesOf.get(owner) ?? []), slice]);
  }
  const routes: ServiceRoute[] = [...fixed];
  const names: Record<string, ServiceDomain> = {};
  for (const service of services) {
    const { name, namespace } = service.metadata;
    const own = slicesOf.get(`${namespace}/${name}`) ?? [];
    routes.push(...routesOf(service, own, isReachable));
    Object.assign(names, namesOf(service, own));
  }
  return { range: serviceRange, routes: routes.toSorted(byAddress), names };
}

function byAddress(a: ServiceRoute, b: ServiceRoute): number {
  return a.address.localeCompare(b.address) || a.port - b.port || a.protocol.localeCompare(b.protocol);
}

function clusterAddress({ spec: { clusterIP, type } }: ServiceView): string | undefined {
  return type === "ExternalName" || clusterIP === "None" || clusterIP === "" ? undefined : clusterIP;
}

function routesOf(
  service: ServiceView,
  slices: readonly SliceView[],
  isReachable: (address: string) => boolean,
): readonly ServiceRoute[] {
  const address = clusterAddress(service);
  if (address === undefined) return [];
  return (service.spec.ports ?? []).map(({ name = "", port, protocol = "TCP" }) => ({
    address,
    port,
    protocol,
    endpoints: slices
      .flatMap((slice) => {
        // Their names connect the ports of Services and slices.
        const target = slice.ports?.find((each) => (each.name ?? "") === name)?.port;
        return target === undefined ? [] : readyIn(slice).map(({ first }) => [first, target] as const);
      })
      .filter(([first]) => isReachable(first))
      .map(([first, target]) => `${first}:${target}`)
      .toSorted(),
  }));
}

function readyIn(slice: SliceView): readonly { readonly first: string; readonly hostname?: string }[] {
  return (slice.endpoints ?? []).flatMap(({ addresses: [first], conditions, hostname }) => {
    if (first === undefined || conditions?.ready === false) return [];
    return [{ first, ...(hostname === undefined ? {} : { hostname }) }];
  });
}

/** https://github.com/kubernetes/dns/blob/master/docs/specification.md, without SRV and PTR records. */
function namesOf(service: ServiceView, slices: readonly SliceView[]): Readonly<Record<string, ServiceDomain>> {
  const { metadata, spec } = service;
  const domain = `${metadata.name}.${metadata.namespace}.svc.cluster.local.`;
  if (spec.type === "ExternalName") {
    return { [domain]: { addresses: [], target: `${(spec.externalName ?? "").replace(/\.$/, "")}.` } };
  }
  const address = clusterAddress(service);
  if (address !== undefined) return { [domain]: { addresses: [address] } };
  const ready = slices.flatMap(readyIn);
  const all = [...new Set(ready.map(({ first }) => first))].toSorted();
  const hosts = ready.flatMap(({ first, hostname }) =>
    hostname === undefined ? [] : [[`${hostname}.${domain}`, { addresses: [first] }] as const],
  );
  return { ...(all.length === 0 ? {} : { [domain]: { addresses: all } }), ...Object.fromEntries(hosts) };
}
