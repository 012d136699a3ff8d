import type { KubeObject } from "../port.ts";
import type { Mtls, MtlsMode } from "./port.ts";

/** Where istiod runs, and whose policies hold for all namespaces: Istio's default. */
export const rootNamespace = "istio-system";

interface MutualTls {
  readonly mode?: MtlsMode | "UNSET";
}

export interface PeerAuthentication extends KubeObject {
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly mtls?: MutualTls;
    readonly portLevelMtls?: Readonly<Record<string, MutualTls>>;
  };
}

/**
 * The mode of a workload: its own policy's, else its namespace's, else the mesh's, else PERMISSIVE. A mode that is not
 * set takes over what holds above; of several policies at one level the oldest counts; ports are read of the
 * workload's own policy alone; a selector in the root namespace selects nothing.
 * After ComposePeerAuthentication in istio's pilot/pkg/security/authn/policy_applier.go.
 */
export function mtlsOf(policies: readonly PeerAuthentication[], { metadata }: KubeObject): Mtls {
  const { namespace = "default", labels = {} } = metadata;
  const mesh = oldest(policies.filter((each) => isIn(each, rootNamespace) && selectorOf(each).length === 0));
  const own = policies.filter((each) => isIn(each, namespace) && namespace !== rootNamespace);
  const ofNamespace = oldest(own.filter((each) => selectorOf(each).length === 0));
  const ofWorkload = oldest(
    own.filter((each) => {
      const selector = selectorOf(each);
      return selector.length > 0 && selector.every(([key, value]) => labels[key] === value);
    }),
  );
  const decides = [ofWorkload, ofNamespace, mesh].find((each) => isSet(each?.spec?.mtls));
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

function isIn({ metadata }: KubeObject, namespace: string): boolean {
  return metadata.namespace === namespace;
}

function selectorOf({ spec }: PeerAuthentication): readonly (readonly [string, string])[] {
  return Object.entries(spec?.selector?.matchLabels ?? {});
}

function oldest(policies: readonly PeerAuthentication[]): PeerAuthentication | undefined {
  const since = ({ metadata }: KubeObject): number => Date.parse(metadata.creationTimestamp ?? "") || 0;
  return policies.toSorted((one, other) => since(one) - since(other))[0];
}

function isSet(settings: MutualTls | undefined): boolean {
  return modeOf(settings) !== undefined;
}

function modeOf(settings: MutualTls | undefined): MtlsMode | undefined {
  return settings?.mode === "UNSET" ? undefined : settings?.mode;
}

function nameOf({ metadata }: KubeObject): string {
  return `PeerAuthentication ${metadata.namespace}/${metadata.name}`;
}
