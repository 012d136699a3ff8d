import type { ControlPlane, Istio, MeshPod } from "../../k8s/istio/port.ts";
import { type Shared, shared } from "../shared.ts";

export interface MeshSources {
  readonly istio: () => Promise<Istio>;
  /** Somebody asks for the mesh itself: that there is none is no reason to look away. */
  readonly expected?: boolean;
}

/** What the checks read of one cluster's mesh, each at most once. */
export interface MeshReads {
  readonly controlPlanes: Shared<readonly ControlPlane[]>;
  /** Of the one namespace that is looked at, or of all. */
  readonly pods: Shared<readonly MeshPod[]>;
  readonly mtls: Shared<Awaited<ReturnType<Istio["mtls"]>>>;
  /** Whether there is anything of Istio: an istiod, or a proxy. */
  readonly present: Shared<boolean>;
  readonly expected: boolean;
}

export function createMeshReads(
  { istio, expected = false }: MeshSources,
  namespace: string | undefined,
  signal: AbortSignal,
): MeshReads {
  const controlPlanes = shared(async () => (await istio()).controlPlanes(signal));
  const pods = shared(async () => (await istio()).pods(namespace, signal));
  // Nothing that is asked for can do without them: they are read while the API server is asked whether it is there.
  if (expected) pods().catch(() => undefined);
  return {
    controlPlanes,
    pods,
    mtls: shared(async () => (await istio()).mtls(signal)),
    present: shared(async () => (await pods()).some(({ proxy }) => proxy) || (await controlPlanes()).length > 0),
    expected,
  };
}
