import { type Mtls, mtlsOf } from "../../istio/peer-authentication.ts";
import type { MeshSettings } from "../../istio/mesh-settings.ts";
import type { ControlPlane, Istio, MeshPod } from "../../k8s/istio/port.ts";
import { type Shared, shared } from "../shared.ts";
import { type CallRules, callRules } from "./call-rules.ts";
import { podName } from "./mesh-workload.ts";

export interface MeshSources {
  readonly istio: () => Promise<Istio>;
  /** The mesh itself is asked for: that there is none is no reason to look away. */
  readonly expected?: boolean;
}

/** How a pod with a sidecar takes connections, and the interception mode of pods that name none. */
export interface MtlsReads {
  readonly of: (pod: MeshPod) => Mtls;
  readonly settings: MeshSettings;
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
  return {
    controlPlanes,
    pods,
    podsNow: async () => (await istio()).pods(namespace, signal),
    ending,
    mtls: shared(async () => {
      const door = await istio();
      const [policies, settings] = await Promise.all([
        door.peerAuthentications(signal),
        istiods().then((each) => door.settings(each, signal)),
      ]);
      return { of: ({ object }) => mtlsOf(policies, object, settings.rootNamespace), settings };
    }),
    present: shared(
      async () => (await pods()).some(({ proxy }) => proxy !== undefined) || (await istiods()).length > 0,
    ),
    expected,
    rules: shared(async () => {
      const door = await istio();
      const [rules, entries, settings] = await Promise.all([
        door.destinationRules(signal),
        door.serviceEntries(signal),
        istiods().then((each) => door.settings(each, signal)),
      ]);
      return callRules(rules, entries, settings);
    }),
  };
}
