import type { Finding } from "../../core/finding.ts";
import { shell } from "../../core/shell-words.ts";
import { callText, type ProbeCall, type ProbeResult } from "../../core/probe.ts";
import type { Istio, MeshPod } from "../../k8s/istio/port.ts";
import type { ProbeOrigin, Prober } from "../../k8s/probe/port.ts";
import { collectorHost, otlpHttpPort, synchronousPort } from "../components/collector.ts";
import { gatewayHost } from "../components/istio.ts";
import type { RegionWorld } from "../world.ts";
import { storeConnections } from "./store-connections.ts";

/** The pod that makes most calls has no sidecar, like one in a namespace that is not in the mesh. */
export const outside: ProbeOrigin = { namespace: "default", meshed: false };
/** So many workloads show whether the mesh is strict. */
const mostWorkloads = 5;

type Verdict = Pick<Finding, "severity" | "summary">;

/** A call from a pod, and what its result means; without a call, why there is none. */
export type PodTrial = { readonly subject: string } & (
  | {
      readonly call: ProbeCall;
      readonly judge: (result: ProbeResult) => Verdict;
      /** From where it is made, if not from outside the mesh. */
      readonly origin?: ProbeOrigin;
    }
  | { readonly verdict: Verdict }
);

/** Returns calls in plain text to workloads of the mesh, which must fail; none if no workload can be called. */
export async function plainTextTrials(istio: Pick<Istio, "pods">, signal: AbortSignal): Promise<readonly PodTrial[]> {
  const pods = (await Promise.all(await istio.pods(undefined, signal))).flat();
  const trials = pods.flatMap((pod): PodTrial[] => {
    const [port] = pod.ports;
    if (!isCallable(pod) || port === undefined) return [];
    const { namespace = "default", name } = pod.object.metadata;
    const call = { kind: "http", url: `http://${pod.ip}:${port.number}/` } as const;
    return [{ subject: `pod ${namespace}/${name}`, call, judge: judgePlainText }];
  });
  return trials.slice(0, mostWorkloads);
}

/** Returns the call in plain text to a pod of gennet in the mesh, where no service runs yet. */
export function listenerTrial(url: string): PodTrial {
  return { subject: "pod of gennet in the mesh", call: { kind: "http", url }, judge: judgePlainText };
}

function isCallable({ proxy, running, ending, ip }: MeshPod): boolean {
  return proxy === "sidecar" && running && !ending && ip !== undefined;
}

function judgePlainText({ outcome, trouble, summary, status }: ProbeResult): Verdict {
  if (status !== undefined || outcome === "ok") {
    return { severity: "fail", summary: `accepts plain text from a pod without a sidecar: HTTP ${status}` };
  }
  // Envoy closes the connection; a network policy lets it time out.
  const isRefused = trouble === "reset" || trouble === "timed-out";
  return { severity: isRefused ? "ok" : "unknown", summary: isRefused ? "refuses plain text" : summary };
}

/** Returns connections to the data stores of a region, at the addresses that AWS gave them. */
export async function storeTrials(world: RegionWorld, signal: AbortSignal): Promise<readonly PodTrial[]> {
  return (await storeConnections(world, signal)).map(({ store: subject, call, meshedIn }): PodTrial => {
    const origin = meshedIn === undefined ? {} : { origin: { namespace: meshedIn, meshed: true } };
    if (call !== undefined) return { subject, call, judge: judgeAnswer, ...origin };
    return { subject, verdict: { severity: "unknown", summary: "it has no address yet" } };
  });
}

/**
 * A span as services send it, and one that the Collector accepts only after the backend has: whatever product that is,
 * this one is known to have arrived there.
 */
export const spanTrials: readonly PodTrial[] = [
  { subject: "Collector", call: { kind: "otlp", url: `http://${collectorHost}:${otlpHttpPort}` }, judge: judgeAnswer },
  {
    subject: "platform.tracing.endpoint",
    call: { kind: "otlp", url: `http://${collectorHost}:${synchronousPort}` },
    judge: judgeAnswer,
  },
];

/** Any answer will do: without a service, the gateway has no route. */
export const gatewayTrial: PodTrial = {
  subject: "ingress gateway",
  call: { kind: "http", url: `http://${gatewayHost}/` },
  judge: (result) =>
    result.status === undefined ? judgeAnswer(result) : { severity: "ok", summary: `answers with ${result.status}` },
};

const severities = { ok: "ok", failed: "fail", unknown: "unknown" } as const;

function judgeAnswer({ outcome, summary }: ProbeResult): Verdict {
  return { severity: severities[outcome], summary };
}

/** Makes all calls, from one pod for each origin, and returns a finding for each, in the same order. */
export async function tried(
  trials: readonly (readonly PodTrial[])[],
  prober: Pick<Prober, "probe">,
  region: string,
  signal: AbortSignal,
): Promise<readonly (readonly Finding[])[]> {
  const results = new Map<ProbeCall, ProbeResult>();
  const placed = trials.flat().flatMap((trial) => ("call" in trial ? [{ origin: outside, ...trial }] : []));
  const origins = new Map(placed.map(({ origin }) => [origin.namespace, origin]));
  await Promise.all(
    [...origins].map(async ([namespace, origin]) => {
      const calls = placed.filter((trial) => trial.origin.namespace === namespace).map(({ call }) => call);
      const answers = await prober.probe(calls, origin, signal);
      for (const [at, answer] of answers.entries()) results.set(calls[at] as ProbeCall, answer);
    }),
  );
  return trials.map((own) =>
    own.map((trial): Finding => {
      const about = { id: "probe/pod", region, subject: trial.subject };
      if ("verdict" in trial) return { ...about, ...trial.verdict };
      const result = results.get(trial.call);
      const from = trial.origin === undefined ? "" : ` --meshed -n ${trial.origin.namespace}`;
      const fix = `gennet probe --in-pod${from} ${shell`--region ${region} ${callText(trial.call)}`}`;
      if (result === undefined) return { ...about, severity: "unknown", summary: "the pod did not answer for it", fix };
      return { ...about, ...trial.judge(result), fix };
    }),
  );
}
