import type { Pod } from "./pod.ts";

/** A failure injected into a pod. Its probes are not affected by a status or latency, but by `down`. */
export interface InjectedFault {
  /** The HTTP status of every response. */
  readonly status?: number;
  /** The delay of every request. */
  readonly latencyMs?: number;
  /** Connections are refused. */
  readonly down?: true;
}

/** The annotation to which `gennet sandbox fail POD` writes the fault, as JSON, for the runtime of real pods. */
export const faultAnnotation = "sandbox.gennet.dev/fault";
/** The condition whose message is the active fault, set by the runtime. */
export const faultCondition = "sandbox.gennet.dev/Fault";

/** Returns the fault's text, which identifies it: faults with equal texts are the same. */
export function faultTextOf({ metadata }: Pick<Pod, "metadata">): string | undefined {
  return metadata.annotations?.[faultAnnotation];
}

export function faultText(fault: InjectedFault): string {
  return JSON.stringify(fault);
}

/** Returns the text of the fault that the runtime has applied. */
export function faultInEffect({ status }: Pick<Pod, "status">): string | undefined {
  const condition = status?.conditions?.find(({ type }) => type === faultCondition);
  return condition?.status === "True" ? condition.message : undefined;
}

/** Returns the flags of `pod-shim fault` that apply it. Throws if the text is not a fault. */
export function faultFlags(text: string): readonly string[] {
  const { status, latencyMs, down } = JSON.parse(text) as InjectedFault;
  return [
    ...(status === undefined ? [] : [`--status=${status}`]),
    ...(latencyMs === undefined ? [] : [`--latency=${latencyMs}ms`]),
    ...(down === true ? ["--down"] : []),
  ];
}
