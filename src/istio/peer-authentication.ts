/** Where istiod runs, and whose policies hold for all namespaces, where MeshConfig says nothing else. */
export const defaultRootNamespace = "istio-system";

export type MtlsMode = "STRICT" | "PERMISSIVE" | "DISABLE";

interface MutualTls {
  readonly mode?: MtlsMode | "UNSET";
}

interface Named {
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
}

export interface PeerAuthentication {
  readonly metadata: Named;
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly mtls?: MutualTls;
    readonly portLevelMtls?: Readonly<Record<string, MutualTls>>;
  };
}

/** How a workload takes connections. */
export interface Mtls {
  readonly mode: MtlsMode;
  /** What decides, `PeerAuthentication shop/default`; Istio's default where nothing does. */
  readonly from: string;
  /** Ports of the container with their own mode. */
  readonly ports: Readonly<Record<string, MtlsMode>>;
  /** What decides of these ports; absent where there are none. */
  readonly portsFrom?: string;
}

/**
 * The mode of a pod: its own policy's, else its namespace's, else the mesh's, else PERMISSIVE. A mode that is not set is
 * inherited from above; of several policies at one level the oldest counts; ports are read from the workload's own
 * policy alone; a selector in the root namespace selects nothing.
 * After ComposePeerAuthentication in istio's pilot/pkg/security/authn/policy_applier.go.
 */
export function mtlsOf(
  policies: readonly PeerAuthentication[],
  { metadata }: { readonly metadata: Named },
  rootNamespace = defaultRootNamespace,
): Mtls {
  const { namespace = "default", labels = {} } = metadata;
  const mesh = oldest(policies.filter((each) => isIn(each, rootNamespace) && selectorOf(each).length === 0));
  const own = policies.filter((each) => isIn(each, namespace) && namespace !== rootNamespace);
  const ofNamespace = oldest(own.filter((each) => selectorOf(each).length === 0));
  const ofWorkload = oldest(own.filter((each) => selectorOf(each).length > 0 && picks(each, labels)));
  const decides = [ofWorkload, ofNamespace, mesh].find((each) => modeOf(each?.spec?.mtls) !== undefined);
  const mode = modeOf(decides?.spec?.mtls) ?? "PERMISSIVE";
  const ports = Object.entries(ofWorkload?.spec?.portLevelMtls ?? {}).map(
    ([port, settings]) => [port, modeOf(settings) ?? mode] as const,
  );
  return {
    mode,
    from: decides === undefined ? "Istio's default" : nameOf(decides),
    ports: Object.fromEntries(ports),
    ...(ofWorkload === undefined || ports.length === 0 ? {} : { portsFrom: nameOf(ofWorkload) }),
  };
}

/** How one port of the container takes connections. */
export function modeAt({ mode, ports }: Mtls, port: number): MtlsMode {
  return ports[String(port)] ?? mode;
}

/** Whether the selector of a policy picks a pod of its namespace by its labels; one without a selector picks all. */
function picks(policy: PeerAuthentication, labels: Readonly<Record<string, unknown>>): boolean {
  return selectorOf(policy).every(([key, value]) => labels[key] === value);
}

export function selectorOf({ spec }: PeerAuthentication): readonly (readonly [string, string])[] {
  return Object.entries(spec?.selector?.matchLabels ?? {});
}

function isIn({ metadata }: PeerAuthentication, namespace: string): boolean {
  return metadata.namespace === namespace;
}

/** Times are of whole seconds: istiod sorts those of one second by name (pilot/pkg/model/config.go). */
function oldest(policies: readonly PeerAuthentication[]): PeerAuthentication | undefined {
  const since = ({ metadata }: PeerAuthentication): number => Date.parse(metadata.creationTimestamp ?? "") || 0;
  return policies.toSorted(
    (one, other) => since(one) - since(other) || (one.metadata.name < other.metadata.name ? -1 : 1),
  )[0];
}

function modeOf(settings: MutualTls | undefined): MtlsMode | undefined {
  return settings?.mode === "UNSET" ? undefined : settings?.mode;
}

function nameOf({ metadata }: PeerAuthentication): string {
  return `PeerAuthentication ${metadata.namespace}/${metadata.name}`;
}
