import { AppError } from "../../core/error.ts";
import type { PeerAuthentication } from "../../istio/peer-authentication.ts";
import type { ControlPlane, Istio, MeshPod, PodGroup, SelectingPolicy } from "../../k8s/istio/port.ts";
import { type CallRules, callRules } from "./call-rules.ts";
import { inOrderOfPods, podName } from "./mesh-workload.ts";
import { type MtlsReads, readMtls } from "./mtls-reads.ts";
import { shared, type Shared } from "../../core/shared.ts";

export interface MeshSources {
  readonly istio: () => Promise<Istio>;
  /** Whether the user asked for the mesh itself, so that a missing mesh must be reported. */
  readonly expected?: boolean;
}

/** What the checks read from one cluster's mesh, each at most once. */
export interface MeshReads {
  readonly controlPlanes: Shared<readonly ControlPlane[]>;
  /** The pods of the selected namespace, or of all; without those that are being deleted. */
  readonly pods: Shared<readonly MeshPod[]>;
  /** The same pods and those that are being deleted, in the groups in which they arrive. */
  readonly podGroups: Shared<readonly PodGroup[]>;
  /** Reads the same pods again. */
  readonly podsNow: () => Promise<readonly MeshPod[]>;
  /** The pods of the same namespaces that are being deleted: `shop/orders-7d9c-x2x4z`. */
  readonly ending: Shared<ReadonlySet<string>>;
  readonly mtls: Shared<MtlsReads>;
  /** Policies of the selected namespace, or of all, that select pods by labels. */
  readonly selecting: Shared<readonly SelectingPolicy[]>;
  /** Whether Istio is in use: there is an istiod, or a proxy. */
  readonly present: Shared<boolean>;
  readonly expected: boolean;
  /** Finds the DestinationRule that Istio uses for a call. */
  readonly rules: Shared<CallRules>;
}

export function createMeshReads(
  { istio, expected = false }: MeshSources,
  namespace: string | undefined,
  signal: AbortSignal,
): MeshReads {
  const istiods = shared(async () => (await istio()).istiods(signal));
  const controlPlanes = shared(async () => (await istio()).controlPlanes(await istiods(), signal));
  const groups = shared(async () => (await istio()).pods(namespace, signal));
  const all = shared(async () => together(await groups()));
  const ending = shared(async () => new Set((await all()).flatMap((pod) => (pod.ending ? [podName(pod)] : []))));
  const pods = shared(async () => {
    await ending();
    return (await all()).filter((pod) => !pod.ending);
  });
  // All checks need the pods, so they are read while the API server is still being checked.
  if (expected) pods().catch(() => undefined);
  const settings = shared(async () => (await istio()).settings(await istiods(), signal));
  const policies = shared(async () => (await istio()).peerAuthentications(signal));
  const present = shared(async () => {
    // The istiods are one short list. A user who may not read it may still be allowed to read the pods.
    const running = await istiods().catch(asError);
    if (!(running instanceof AppError) && running.length > 0) return true;
    if ((await pods()).some(({ proxy }) => proxy !== undefined)) return true;
    if (running instanceof AppError) throw running;
    return false;
  });
  return {
    controlPlanes,
    pods,
    podGroups: groups,
    podsNow: async () => together(await (await istio()).pods(namespace, signal)),
    ending,
    mtls: shared(async () => {
      const door = await istio();
      const [peer, known] = await Promise.all([policies(), settings()]);
      return readMtls(door, peer, known, signal);
    }),
    selecting: shared(async () => {
      const [peer, request] = await Promise.all([policies(), (await istio()).requestPolicies(namespace, signal)]);
      return [...peer.flatMap((policy) => selectingPeer(policy, namespace)), ...request];
    }),
    present,
    expected,
    rules: shared(async () => {
      const door = await istio();
      // Without an istiod, there may be no mesh, and no rules to read.
      if (!expected && (await istiods()).length === 0) await present();
      const known = settings();
      known.catch(() => undefined);
      // One after the other: every further connection is work for both sides.
      const rules = await door.destinationRules(signal);
      const entries = await door.serviceEntries(signal);
      return callRules(rules, entries, await known);
    }),
  };
}

function asError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  throw error;
}

async function together(groups: readonly PodGroup[]): Promise<readonly MeshPod[]> {
  return inOrderOfPods((await Promise.all(groups)).flat(), (pod) => pod);
}

function selectingPeer({ metadata, spec }: PeerAuthentication, only: string | undefined): readonly SelectingPolicy[] {
  const { namespace = "default", name } = metadata;
  const selector = spec?.selector?.matchLabels ?? {};
  if (Object.keys(selector).length === 0 || (only !== undefined && namespace !== only)) return [];
  return [{ kind: "PeerAuthentication", namespace, name, selector }];
}
