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
  /** The error, if the istiod did not answer. */
  readonly proxies: readonly ProxySync[] | AppError;
}

/** What an istiod has sent to a proxy, and whether the proxy accepted it. */
export interface ProxySync {
  readonly namespace: string;
  /** The pod's name. */
  readonly name: string;
  /** The proxy's version of Istio: `1.31.0`. */
  readonly version?: string;
  readonly resources: readonly ResourceSync[];
}

export interface ResourceSync {
  /** `clusters`, `listeners`, `routes`, `endpoints`, …; for other types, the last word of the type. */
  readonly type: string;
  /** `not-sent`: the proxy subscribes to the type, but there was nothing to send. */
  readonly state: "not-sent" | "acknowledged" | "unacknowledged" | "refused";
  /** Present if the proxy has never acknowledged anything of this type. */
  readonly neverAcknowledged?: true;
  /** Milliseconds since it was sent, by istiod's clock. Absent if nothing was sent, or istiod returned no time. */
  readonly ageMs?: number;
  /** Why the proxy rejected it: Envoy's message. */
  readonly error?: string;
}

/** A pod that is in the mesh, or that should be according to the settings of Istio. */
export interface MeshPod {
  /** Only what identifies it: namespace, name, labels and owners. */
  readonly object: KubeObject;
  readonly ip?: string;
  /** The role of its istio-proxy container, including native sidecars; absent if it has none. */
  readonly proxy?: ProxyRole;
  /** Whether that container is running. */
  readonly running: boolean;
  /** When that container started, milliseconds since the epoch. Absent if it is not running. */
  readonly startedAt?: number;
  /** Whether the pod is being deleted. */
  readonly ending: boolean;
  readonly interception: Interception;
  /** Outbound connections that bypass its proxy; absent if none do. */
  readonly unseen?: OutboundBypass;
  /** Probes of unready containers that the kubelet sends directly, instead of through Istio's agent. */
  readonly unpassed: readonly DirectProbe[];
  readonly membership: Membership;
  /** Ports that its containers declare, without the proxy's. */
  readonly ports: readonly ContainerPort[];
}

/** A policy that selects pods by labels. */
export interface SelectingPolicy {
  readonly kind: "PeerAuthentication" | "AuthorizationPolicy" | "RequestAuthentication";
  readonly namespace: string;
  readonly name: string;
  /** Never empty. */
  readonly selector: Readonly<Record<string, string>>;
}

/** Istio in one cluster. Errors are those of the Cluster port. */
/** Pods that are read together. */
export type PodGroup = Promise<readonly MeshPod[]>;

export interface Istio {
  /** Returns all istiods, whatever namespace they are in. */
  istiods(signal: AbortSignal): Promise<readonly IstiodPod[]>;
  /** Returns the proxies that each of these istiods knows. */
  controlPlanes(istiods: readonly IstiodPod[], signal: AbortSignal): Promise<readonly ControlPlane[]>;
  /**
   * Returns the MeshConfig of these istiods. If the user may not read it, their namespace counts as the root namespace.
   */
  settings(istiods: readonly IstiodPod[], signal: AbortSignal): Promise<MeshSettings>;
  /**
   * Returns the pods of one or all namespaces, without those that have ended, in groups that arrive one after the other
   * and have no pod in common.
   */
  pods(namespace: string | undefined, signal: AbortSignal): Promise<readonly PodGroup[]>;
  /** Returns the PeerAuthentications of all namespaces. */
  peerAuthentications(signal: AbortSignal): Promise<readonly PeerAuthentication[]>;
  destinationRules(signal: AbortSignal): Promise<readonly DestinationRule[]>;
  /** Returns the namespaces of ServiceEntries by their hosts, some of which are wildcards. */
  serviceEntries(signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
  /** Returns the AuthorizationPolicies and RequestAuthentications of one or all namespaces that select pods. */
  requestPolicies(namespace: string | undefined, signal: AbortSignal): Promise<readonly SelectingPolicy[]>;
  /** Returns the Services of one namespace; undefined if the user may not read them. */
  services(namespace: string, signal: AbortSignal): Promise<readonly ServiceFacts[] | undefined>;
}
