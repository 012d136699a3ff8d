import type { AppError } from "../../core/error.ts";
import type { KubeObject } from "../port.ts";

/** One istiod, and the proxies that are connected to it. */
export interface ControlPlane {
  /** The pod's name. */
  readonly pod: string;
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
  /** Whether it has a proxy container, native sidecars included. */
  readonly proxy: boolean;
  /** Whether that runs. */
  readonly running: boolean;
  /** A proxy that is no sidecar: it stands for itself. */
  readonly gateway: boolean;
  /** Inbound ports that its annotations keep from the proxy, `port 9000`; absent where there are none. */
  readonly bypass?: string;
  /** What asks for a sidecar, `its namespace` or a label of the pod's; absent where nothing does. */
  readonly wanted?: string;
}

export type MtlsMode = "STRICT" | "PERMISSIVE" | "DISABLE";

/** How a workload takes connections. */
export interface Mtls {
  readonly mode: MtlsMode;
  /** What decides, `PeerAuthentication shop/default`; Istio's default where nothing does. */
  readonly from: string;
  /** Ports with a mode of their own. */
  readonly ports: Readonly<Record<string, MtlsMode>>;
  /** What decides of these ports; absent where there are none. */
  readonly portsFrom?: string;
}

/** Istio in one cluster. Errors are the Cluster's. */
export interface Istio {
  /** Every istiod with a pod in istio-system, each asked by itself. */
  controlPlanes(signal: AbortSignal): Promise<readonly ControlPlane[]>;
  /** Of one namespace, or of all of them. Pods that have ended or are being deleted are left out. */
  pods(namespace: string | undefined, signal: AbortSignal): Promise<readonly MeshPod[]>;
  /** How a workload takes connections, by the PeerAuthentications there are. */
  mtls(signal: AbortSignal): Promise<(pod: KubeObject) => Mtls>;
}
