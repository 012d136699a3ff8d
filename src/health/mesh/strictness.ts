import { type Bypass, bypassOf } from "../../istio/interception.ts";
import type { Mtls } from "../../istio/peer-authentication.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import { foldAlike } from "../fold-alike.ts";
import { sayWorkload, workloadOf } from "./mesh-workload.ts";
import type { MtlsReads, PodMtls } from "./mtls-reads.ts";

/** The pods of one workload in the mesh. */
export interface WorkloadInMesh {
  /** `deployment shop/orders` */
  readonly workload: string;
  readonly pods: number;
  /** Pods without a sidecar, although one is requested. */
  readonly missing: readonly string[];
  /** The setting that requests it. */
  readonly wanted?: string;
  /**
   * How pods with a sidecar accept connections: if they differ, the one that accepts plain text counts. Absent for
   * gateways and waypoints, which have their own listeners, and if unknown.
   */
  readonly mtls?: PodMtls;
  /** Connections that bypass the proxy, `port 9000`: `mtls` does not apply to them. */
  readonly bypass?: string;
  /** The setting that makes them bypass it. */
  readonly bypassBy?: string;
  /** Pods with a sidecar that accept plain text on any port; absent if none do. */
  readonly open?: readonly string[];
  /** Why its mutual TLS is not checked: it has proxies that this check cannot ask. */
  readonly unjudged?: string;
}

interface Taking {
  readonly pod: string;
  readonly mtls: PodMtls;
  readonly bypass: Bypass | undefined;
}

export function workloadsOf(pods: readonly MeshPod[], mtls: MtlsReads | undefined): readonly WorkloadInMesh[] {
  return foldAlike(pods, (pod) => sayWorkload(workloadOf(pod))).map((own) => {
    const [first] = own;
    const missing = own.filter(({ proxy, membership }) => proxy === undefined && membership.state === "sidecar");
    const [lacking] = missing;
    const unjudged = own.flatMap((pod) => unjudgedOf(pod) ?? []).at(0);
    return {
      workload: sayWorkload(workloadOf(first)),
      pods: own.length,
      missing: missing.map(({ object }) => object.metadata.name),
      ...(lacking === undefined ? {} : { wanted: lacking.membership.by }),
      ...(mtls === undefined ? {} : together(own.flatMap((pod) => takingOf(pod, mtls)))),
      ...(unjudged === undefined ? {} : { unjudged }),
    };
  });
}

function takingOf(pod: MeshPod, mtls: MtlsReads): Taking[] {
  if (pod.proxy !== "sidecar") return [];
  const bypass = bypassOf(pod.interception, mtls.settings.interceptionMode);
  return [{ pod: pod.object.metadata.name, mtls: mtls.of(pod), bypass }];
}

/** Combines the pods: one that accepts plain text makes the whole workload one that does. */
function together(all: readonly Taking[]): Pick<WorkloadInMesh, "mtls" | "bypass" | "bypassBy" | "open"> {
  const taking = all.find(({ mtls }) => !isStrict(mtls)) ?? all[0];
  if (taking === undefined) return {};
  const bypass = all.find((each) => each.bypass !== undefined)?.bypass;
  const open = all.filter((each) => !isStrict(each.mtls) || each.bypass !== undefined).map(({ pod }) => pod);
  return {
    mtls: taking.mtls,
    ...(bypass === undefined ? {} : { bypass: bypass.ports, bypassBy: bypass.by }),
    ...(open.length === 0 ? {} : { open }),
  };
}

function unjudgedOf({ proxy, membership }: MeshPod): string | undefined {
  if (proxy === "proxyless") return "gRPC without a proxy: its own server decides";
  return proxy === undefined && membership.state === "ambient"
    ? "in the ambient mesh, which is not checked"
    : undefined;
}

/** Returns whether every connection that reaches the proxy is mutual TLS, on every port. */
export function isStrict({ mode, ports }: Mtls): boolean {
  return mode === "STRICT" && Object.values(ports).every((each) => each === "STRICT");
}

/** Returns whether all connections of a workload are mutual TLS. */
export function takesMutualTlsOnly({ mtls, bypass }: Pick<WorkloadInMesh, "mtls" | "bypass">): boolean {
  return mtls !== undefined && isStrict(mtls) && bypass === undefined;
}
