import type { Clock } from "../../../../core/clock.ts";
import { listed } from "../../../../core/enumerate.ts";
import { AppError } from "../../../../core/error.ts";
import type { Cluster } from "../../../../k8s/port.ts";
import { gatewayNamespace } from "../../../components/istio.ts";
import type { OldProxy } from "./mesh-proxies.ts";
import { restartWorkload } from "./restart-workload.ts";

type Workload = NonNullable<OldProxy["workload"]>;

/** How many workloads are restarted at once, after a first one alone. */
const atOnce = 5;

/**
 * Restarts workloads so that their pods get a proxy of an istiod, and waits for each wave: one alone first, then several
 * at once, and last the gateway, through which every request comes. A workload that was restarted already is only waited
 * for. Throws STEP_FAILED after the wave in which a rollout failed; the pods of all others keep their proxy.
 */
export async function restartInWaves(
  workloads: readonly Workload[],
  version: string,
  cluster: Cluster,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  for (const wave of wavesOf(workloads)) {
    const ended = await Promise.allSettled(wave.map((each) => restartWorkload(each, version, cluster, clock, signal)));
    signal.throwIfAborted();
    const failures = ended.flatMap((each): unknown[] => (each.status === "rejected" ? [each.reason] : []));
    const bug = failures.find((reason) => !(reason instanceof AppError));
    if (bug !== undefined) throw bug;
    const [first] = failures as readonly AppError[];
    if (first === undefined) continue;
    const all = (failures as readonly AppError[]).map(({ message }) => message);
    throw new AppError(first.code, listed(all, all.length), { next: first.next, cause: first });
  }
}

/** Returns workloads, each once, in the order in which they are restarted. */
export function wavesOf(workloads: readonly Workload[]): readonly (readonly Workload[])[] {
  const byName = new Map(workloads.map((each) => [nameOfWorkload(each), each]));
  const sorted = [...byName].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, each]) => each);
  const isGateway = ({ namespace }: Workload): boolean => namespace === gatewayNamespace;
  const [first, ...others] = sorted.filter((each) => !isGateway(each));
  const waves: (readonly Workload[])[] = first === undefined ? [] : [[first]];
  for (let at = 0; at < others.length; at += atOnce) waves.push(others.slice(at, at + atOnce));
  const gateways = sorted.filter(isGateway);
  return gateways.length === 0 ? waves : [...waves, gateways];
}

/** `deployment shop/orders` */
function nameOfWorkload({ kind, namespace, name }: Workload): string {
  return `${kind.toLowerCase()} ${namespace}/${name}`;
}
