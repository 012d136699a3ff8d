import type { AppError } from "../../core/error.ts";
import type { DirectProbe } from "../../istio/direct-probes.ts";
import type { Interception } from "../../istio/interception.ts";
import type { Membership } from "../../istio/membership.ts";
import type { MeshSettings } from "../../istio/mesh-settings.ts";
import type { OutboundBypass } from "../../istio/outbound-bypass.ts";
import type { PeerAuthentication } from "../../istio/peer-authentication.ts";
import type { ContainerPort, ServiceFacts } from "../../istio/policy-ports.ts";
import type { ProxyRole } from "../../istio/proxy-role.ts";
import type { DestinationRule } from "../../istio/merged-rules.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";

/** A running pod of Istio's control plane. */
export interface IstiodPod {
  readonly namespace: string;
  readonly name: string;
  readonly revision?: string;
}

/** One istiod, and the proxies that are connected to it. */
export interface ControlPlane {
  /** The pod's name. */
  readonly pod: string;
  readonly namespace: string;
  readonly revision?: string;
  /** What kept it from an answer, instead of the proxies. */
  readonly proxies: readonly ProxySync[] | AppError;
}

/** What an istiod has sent to a proxy, and what became of it. */
export interface ProxySync {
  readonly namespace: string;
  /** The pod's name. */
  readonly name: string;
  /** Istio's, of the proxy: `1.31.0`. */
  readonly version?: string;
  readonly resources: readonly ResourceSync[];
}

export interface ResourceSync {
  /** `clusters`, `listeners`, `routes`, `endpoints`, …; the last word of the type where it has no such name. */
  readonly type: string;
  /** Nothing sent yet: the proxy has asked, and there is nothing to say. */
  readonly state: "not-sent" | "acknowledged" | "unacknowledged" | "refused";
  /** It has acknowledged none that it was ever sent. */
  readonly neverAcknowledged?: true;
  /** How long ago it was sent, by istiod's own clock, milliseconds. Absent where nothing was, or istiod told no time. */
  readonly ageMs?: number;
  /** Why the proxy refused it: Envoy's own words. */
  readonly error?: string;
}

/** A pod that is in the mesh, or that Istio was told to take in. */
export interface MeshPod {
  /** Only what identifies it: namespace, name, labels and owners. */
  readonly object: KubeObject;
  readonly ip?: string;
  /** What its istio-proxy container is, native sidecars included; absent where it has none. */
  readonly proxy?: ProxyRole;
  /** Whether that runs. */
  readonly running: boolean;
  /** When it started, milliseconds since the epoch. Absent where it does not run. */
  readonly startedAt?: number;
  /** Whether the pod is being deleted. */
  readonly ending: boolean;
  readonly interception: Interception;
  /** Outbound connections that its proxy does not see; absent where it sees all. */
  readonly unseen?: OutboundBypass;
  /** Probes of containers that are not ready which the kubelet makes itself, and not Istio's agent. */
  readonly unpassed: readonly DirectProbe[];
  readonly membership: Membership;
  /** Ports that its containers declare, without the proxy's. */
  readonly ports: readonly ContainerPort[];
}

/** A policy for the pods that have some labels. */
export interface SelectingPolicy {
  readonly kind: "PeerAuthentication" | "AuthorizationPolicy" | "RequestAuthentication";
  readonly namespace: string;
  readonly name: string;
  /** Never empty. */
  readonly selector: Readonly<Record<string, string>>;
}

/** Istio in one cluster. Errors are the Cluster's. */
export interface Istio {
  /** Every istiod, wherever it is installed. */
  istiods(signal: AbortSignal): Promise<readonly IstiodPod[]>;
  /** What these istiods know of their proxies, each asked by itself. */
  controlPlanes(istiods: readonly IstiodPod[], signal: AbortSignal): Promise<readonly ControlPlane[]>;
  /** The MeshConfig of these istiods. Where it may not be read, their namespace is taken for the root namespace. */
  settings(istiods: readonly IstiodPod[], signal: AbortSignal): Promise<MeshSettings>;
  /** Of one namespace, or of all of them. Without pods that have ended. */
  pods(namespace: string | undefined, signal: AbortSignal): Promise<readonly MeshPod[]>;
  /** Of all namespaces. */
  peerAuthentications(signal: AbortSignal): Promise<readonly PeerAuthentication[]>;
  destinationRules(signal: AbortSignal): Promise<readonly DestinationRule[]>;
  /** The namespaces of ServiceEntries by their hosts, some of which are wildcards. */
  serviceEntries(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** AuthorizationPolicies and RequestAuthentications that select pods, of one namespace or of all. */
  requestPolicies(namespace: string | undefined, signal: AbortSignal): Promise<readonly SelectingPolicy[]>;
  /** The Services of one namespace; undefined where they may not be read. */
  services(namespace: string, signal: AbortSignal): Promise<readonly ServiceFacts[] | undefined>;
}
