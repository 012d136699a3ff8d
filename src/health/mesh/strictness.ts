import type { MeshPod, Mtls } from "../../k8s/istio/port.ts";
import { foldAlike } from "../fold-alike.ts";
import { sayWorkload, workloadOf } from "./mesh-workload.ts";

/** How one workload's pods are in the mesh. */
export interface WorkloadInMesh {
  /** `deployment shop/orders` */
  readonly workload: string;
  readonly pods: number;
  /** Pods without a sidecar, though one is asked for. */
  readonly missing: readonly string[];
  /** What asks for it. */
  readonly wanted?: string;
  /** How pods with a sidecar take connections; absent for gateways, which have listeners of their own, and where unknown. */
  readonly mtls?: Mtls;
  /** Ports that annotations keep from the proxy, `port 9000`: what `mtls` says does not hold there. */
  readonly bypass?: string;
}

export function workloadsOf(
  pods: readonly MeshPod[],
  mtls: ((pod: MeshPod["object"]) => Mtls) | undefined,
): readonly WorkloadInMesh[] {
  return foldAlike(pods, (pod) => sayWorkload(workloadOf(pod))).map((own) => {
    const [first] = own;
    const inside = own.find(({ proxy, gateway }) => proxy && !gateway);
    const bypass = own.find((pod) => pod.proxy && pod.bypass !== undefined)?.bypass;
    const missing = own.filter(({ proxy }) => !proxy);
    const wanted = missing.find((pod) => pod.wanted !== undefined)?.wanted;
    return {
      workload: sayWorkload(workloadOf(first)),
      pods: own.length,
      missing: missing.map(({ object }) => object.metadata.name),
      ...(wanted === undefined ? {} : { wanted }),
      ...(inside === undefined || mtls === undefined ? {} : { mtls: mtls(inside.object) }),
      ...(bypass === undefined ? {} : { bypass }),
    };
  });
}

/** Every connection that reaches the proxy is mutual TLS, on every port. */
export function isStrict({ mode, ports }: Mtls): boolean {
  return mode === "STRICT" && Object.values(ports).every((each) => each === "STRICT");
}

/** A workload whose connections all are mutual TLS. */
export function takesMutualTlsOnly({ mtls, bypass }: Pick<WorkloadInMesh, "mtls" | "bypass">): boolean {
  return mtls !== undefined && isStrict(mtls) && bypass === undefined;
}
