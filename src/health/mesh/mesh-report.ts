import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import type { Examined, PlaceName } from "../examine.ts";
import { isReachable } from "../glance.ts";
import { type Proxy, proxiesOf } from "./proxies.ts";
import { type WorkloadInMesh, workloadsOf } from "./strictness.ts";

/** The result of `gennet mesh`. */
export interface MeshReport {
  readonly kind: "MeshReport";
  /** The name in gennet.yaml; absent if only contexts were checked. */
  readonly platform?: string;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly regions: readonly MeshRegion[];
  readonly findings: readonly Finding[];
}

/** What could not be read, or was skipped, is absent. */
export interface MeshRegion extends PlaceName {
  /** Whether the API server answered. */
  readonly reachable?: boolean | undefined;
  readonly istiods?: readonly Istiod[] | undefined;
  readonly proxies?: readonly Proxy[] | undefined;
  readonly workloads?: readonly WorkloadInMesh[] | undefined;
  /** Milliseconds. */
  readonly durationMs: number;
}

export interface Istiod {
  /** The pod's name. */
  readonly pod: string;
  readonly revision?: string | undefined;
  /** Whether it returned the state of its proxies. */
  readonly answers: boolean;
  /** Proxies that are connected to it. */
  readonly connections?: number | undefined;
}

export function meshRegion({ place, health, findings, durationMs }: Examined): MeshRegion {
  const { mesh, kube, now } = health;
  const planes = mesh.controlPlanes.seen;
  const pods = mesh.pods.seen;
  const ending = mesh.ending.seen ?? new Set();
  const namespace = kube.namespace?.name;
  return {
    ...place,
    reachable: isReachable(findings),
    istiods: planes?.map(({ pod, revision, proxies }): Istiod => {
      const answer = proxies instanceof AppError ? undefined : proxies;
      return { pod, revision, answers: answer !== undefined, connections: answer?.length };
    }),
    proxies: planes && pods && proxiesOf({ planes, pods, ending, namespace, now: now() }),
    workloads: pods && workloadsOf(pods, mesh.mtls.seen),
    durationMs,
  };
}
