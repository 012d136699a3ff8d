import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { answerOf, type Gate } from "../../core/gate.ts";
import { unreadBecause } from "../../core/run-checks.ts";
import type { Istio } from "../../k8s/istio/port.ts";
import type { Prober } from "../../k8s/probe/port.ts";
import { isBrought } from "../components/component.ts";
import type { RegionWorld } from "../world.ts";
import { hasStores } from "./store-connections.ts";
import {
  gatewayTrial,
  listenerTrial,
  outside,
  plainTextTrials,
  type PodTrial,
  spanTrials,
  storeTrials,
  tried,
} from "./pod-trials.ts";

export interface PodGateSources {
  readonly world: RegionWorld;
  readonly prober: () => Promise<Prober>;
  readonly istio: () => Promise<Pick<Istio, "pods">>;
  /** Whether the Collector sends on what it received. */
  readonly delivery: Gate;
  /** Whether data stores accept the logins that services have for them. */
  readonly logins: Gate;
}

/** A gate of calls from a pod, and what else it asks if they succeed. */
interface PodGate {
  readonly id: string;
  readonly trials: (signal: AbortSignal) => Promise<readonly PodTrial[]>;
  readonly also?: Gate;
}

/**
 * Returns the gates that only a pod can answer: the mesh refuses plain text, data stores are reachable, spans are
 * delivered, the gateway answers. One pod makes the calls of all of them, each time that the first one is evaluated.
 */
export function podGates({ world, prober, istio, delivery, logins }: PodGateSources): readonly Gate[] {
  const { platform, region } = world;
  const gates: readonly PodGate[] = [
    { id: "plain text is refused", trials: async (signal) => plainTextTrials(await istio(), signal) },
    ...(hasStores(world)
      ? [{ id: "data stores reachable", trials: (signal: AbortSignal) => storeTrials(world, signal), also: logins }]
      : []),
    { id: "Collector delivers", trials: async () => spanTrials, also: delivery },
    ...(isBrought(platform.platform, "istio") ? [{ id: "gateway answers", trials: async () => [gatewayTrial] }] : []),
  ];
  const ask = async (signal: AbortSignal): Promise<readonly (readonly Finding[])[]> => {
    const [calls = [], ...others] = await Promise.all(gates.map((gate) => gate.trials(signal)));
    const pods = await prober();
    const answers = async (plainText: readonly PodTrial[]) => tried([plainText, ...others], pods, region.name, signal);
    if (calls.length > 0) return answers(calls);
    return pods.whileListening(outside.namespace, async (url) => answers([listenerTrial(url)]), signal);
  };
  let round: ReturnType<typeof ask> | undefined;
  return gates.map(({ id, also }, at): Gate => ({
    id,
    async evaluate(signal) {
      if (at === 0) round = undefined;
      try {
        const own = answerOf((await (round ??= ask(signal)))[at] ?? []);
        if (own.answer !== "pass" || also === undefined) return own;
        const { answer, findings } = await also.evaluate(signal);
        return { answer, findings: [...own.findings, ...findings] };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof AppError)) throw error;
        const about = { id: "probe/pod", region: region.name, subject: "pod of gennet" };
        return answerOf([{ ...about, ...unreadBecause(error), severity: "unknown" }]);
      }
    },
  }));
}
