import type { Envoy } from "../../k8s/envoy/port.ts";
import type { KubeReads } from "../kube-reads.ts";
import type { MeshReads } from "../mesh/mesh-reads.ts";
import { type Shared, shared } from "../shared.ts";
import { type Caller, readCallers } from "./callers.ts";
import { type Edge, edgesOf } from "./edges.ts";
import { type EjectedPod, ejectedPods } from "./ejected-pods.ts";

/** What the checks of breakers read, each at most once. */
export interface BreakerReads {
  /** Every running proxy of the namespace that is looked at, or of all. */
  readonly callers: Shared<readonly Caller[]>;
  readonly edges: Shared<readonly Edge[]>;
  readonly ejected: Shared<readonly EjectedPod[]>;
}

export function createBreakerReads(
  envoy: () => Promise<Envoy>,
  mesh: Pick<MeshReads, "pods">,
  kube: Pick<KubeReads, "podsAt">,
  signal: AbortSignal,
): BreakerReads {
  const callers = shared(async () => readCallers(await envoy(), await mesh.pods(), signal));
  const edges = shared(async () => edgesOf(await callers()));
  return { callers, edges, ejected: shared(async () => ejectedPods(await edges(), await mesh.pods(), kube.podsAt)) };
}
