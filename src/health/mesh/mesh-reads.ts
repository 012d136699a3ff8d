import type { PeerAuthentication } from "../../istio/peer-authentication.ts";
import type { ControlPlane, Istio, MeshPod, SelectingPolicy } from "../../k8s/istio/port.ts";
import { type CallRules, callRules } from "./call-rules.ts";
import { podName } from "./mesh-workload.ts";
import { type MtlsReads, readMtls } from "./mtls-reads.ts";
import { shared, type Shared } from "../../core/shared.ts";

export interface MeshSources {
  readonly istio: () => Promise<Istio>;
  /** The mesh itself is asked for: that there is none is no reason to look away. */
  readonly expected?: boolean;
}

/** What the checks read of one cluster's mesh, each at most once. */
export interface MeshReads {
  readonly controlPlanes: Shared<readonly ControlPlane[]>;
  /** Of the one namespace that is looked at, or of all; without those that are being deleted. */
  readonly pods: Shared<readonly MeshPod[]>;
  /** The same, read again. */
  readonly podsNow: () => Promise<readonly MeshPod[]>;
  /** `shop/orders-7d9c-x2x4z`: pods of the same that are being deleted. */
  readonly ending: Shared<ReadonlySet<string>>;
  readonly mtls: Shared<MtlsReads>;
  /** Policies of the namespace that is looked at, or of all, that are for pods with some labels. */
  readonly selecting: Shared<readonly SelectingPolicy[]>;
  /** Whether there is anything of Istio: an istiod, or a proxy. */
  readonly present: Shared<boolean>;
  readonly expected: boolean;
  /** Which DestinationRule Istio takes for a call. */
  readonly rules: Shared<CallRules>;
}

export function createMeshReads(
  { istio, expected = false }: MeshSources,
  namespace: string | undefined,
  signal: AbortSignal,
): MeshReads {
  const istiods = shared(async () => (await istio()).istiods(signal));
  const controlPlanes = shared(async () => (await istio()).controlPlanes(await istiods(), signal));
  const all = shared(async () => (await istio()).pods(namespace, signal));
  const ending = shared(async () => new Set((await all()).flatMap((pod) => (pod.ending ? [podName(pod)] : []))));
  const pods = shared(async () => {
    await ending();
    return (await all()).filter((pod) => !pod.ending);
  });
  // Nothing that is asked for can do without them: they are read while the API server is asked whether it is there.
  if (expected) pods().catch(() => undefined);
  const settings = shared(async () => (await istio()).settings(await istiods(), signal));
  const policies = shared(async () => (await istio()).peerAuthentications(signal));
  const present = shared(
    async () => (await pods()).some(({ proxy }) => proxy !== undefined) || (await istiods()).length > 0,
  );
  return {
    controlPlanes,
    pods,
    podsNow: async () => (await istio()).pods(namespace, signal),
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
      const running = await istiods();
      // A cluster without an istiod may have no mesh, and then no rules to ask for.
      if (running.length === 0) await present();
      // One after the other: the pods are read and proxies asked meanwhile, and each connection more is work for both sides.
      const known = await settings();
      const rules = await door.destinationRules(signal);
      const entries = await door.serviceEntries(signal);
      return callRules(rules, entries, known);
    }),
  };
}

function selectingPeer({ metadata, spec }: PeerAuthentication, only: string | undefined): readonly SelectingPolicy[] {
  const { namespace = "default", name } = metadata;
  const selector = spec?.selector?.matchLabels ?? {};
  if (Object.keys(selector).length === 0 || (only !== undefined && namespace !== only)) return [];
  return [{ kind: "PeerAuthentication", namespace, name, selector }];
}
