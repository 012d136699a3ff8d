/** The default namespace of istiod, whose policies apply to all namespaces, unless MeshConfig sets another. */
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

/** How a workload accepts connections. */
export interface Mtls {
  readonly mode: MtlsMode;
  /** The deciding policy, `PeerAuthentication shop/default`, or Istio's default. */
  readonly from: string;
  /** Ports of the container with their own mode. */
  readonly ports: Readonly<Record<string, MtlsMode>>;
  /** The policy that sets these ports; absent if there are none. */
  readonly portsFrom?: string;
}

/**
 * Returns the mode of a pod: from its own policy, otherwise its namespace's, otherwise the mesh's, otherwise
 * PERMISSIVE. A missing mode is inherited from the level above; of several policies at one level the oldest applies;
 * ports are only read from the workload's own policy; a policy with a selector in the root namespace selects nothing.
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

/** Returns how one port of the container accepts connections. */
export function modeAt({ mode, ports }: Mtls, port: number): MtlsMode {
  return ports[String(port)] ?? mode;
}

/**
 * Returns whether a policy's selector matches a pod of its namespace by its labels. Without a selector, it matches all.
 */
function picks(policy: PeerAuthentication, labels: Readonly<Record<string, unknown>>): boolean {
  return selectorOf(policy).every(([key, value]) => labels[key] === value);
}

export function selectorOf({ spec }: PeerAuthentication): readonly (readonly [string, string])[] {
  return Object.entries(spec?.selector?.matchLabels ?? {});
}

function isIn({ metadata }: PeerAuthentication, namespace: string): boolean {
  return metadata.namespace === namespace;
}

/** Timestamps have a resolution of one second; within a second, istiod sorts by name (pilot/pkg/model/config.go). */
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
