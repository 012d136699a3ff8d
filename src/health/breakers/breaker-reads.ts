import { AppError } from "../../core/error.ts";
import type { Envoy } from "../../k8s/envoy/port.ts";
import type { KubeReads } from "../kube-reads.ts";
import type { CallRules } from "../mesh/call-rules.ts";
import type { MeshReads } from "../mesh/mesh-reads.ts";
import { type Caller, readCallers } from "./callers.ts";
import { type Edge, edgesOf } from "./edges.ts";
import { type EjectedPod, ejectedPods } from "./ejected-pods.ts";
import { shared, type Shared } from "../../core/shared.ts";

/** What the breaker checks read, each at most once. */
export interface BreakerReads {
  /** All running proxies of the selected namespace, or of all namespaces. */
  readonly callers: Shared<readonly Caller[]>;
  /** Finds the DestinationRule of a call; an error if the rules cannot be read. */
  readonly rules: Shared<CallRules | AppError>;
  readonly edges: Shared<readonly Edge[]>;
  readonly ejected: Shared<readonly EjectedPod[]>;
}

export function createBreakerReads(
  envoy: () => Promise<Envoy>,
  mesh: Pick<MeshReads, "pods" | "podGroups" | "podsNow" | "rules">,
  kube: Pick<KubeReads, "podsAt">,
  now: () => number,
  withCertificate: boolean,
  signal: AbortSignal,
): BreakerReads {
  const callers = shared(async () =>
    readCallers({ envoy: await envoy(), podsNow: mesh.podsNow, now, withCertificate }, await mesh.podGroups(), signal),
  );
  // The rules take another request: a user who may not make it still sees what the proxies know.
  const rules = shared(async () =>
    mesh.rules().catch((error: unknown) => {
      if (error instanceof AppError) return error;
      throw error;
    }),
  );
  const edges = shared(async () => {
    const [known, asked] = await Promise.all([rules(), callers()]);
    return edgesOf(asked, known instanceof AppError ? undefined : known);
  });
  return {
    callers,
    rules,
    edges,
    ejected: shared(async () => ejectedPods(await edges(), await mesh.pods(), kube.podsAt)),
  };
}
