import type { Pod } from "./pod.ts";

/** What is wrong with a pod on purpose. Its probes do not see a status or latency; `down` they do. */
export interface InjectedFault {
  /** The HTTP status that every request gets. */
  readonly status?: number;
  /** How long every request waits. */
  readonly latencyMs?: number;
  /** Connections are refused. */
  readonly down?: true;
}

/** Where `gennet sandbox fail POD` writes the fault, as JSON; the runtime of real pods goes by it. */
export const faultAnnotation = "sandbox.gennet.dev/fault";
/** The condition by which the runtime says, in its message, which fault is in effect. */
export const faultCondition = "sandbox.gennet.dev/Fault";

/** The text is the fault's identity: two faults are the same if theirs are. */
export function faultTextOf({ metadata }: Pick<Pod, "metadata">): string | undefined {
  return metadata.annotations?.[faultAnnotation];
}

export function faultText(fault: InjectedFault): string {
  return JSON.stringify(fault);
}

/** The text of the fault that its runtime has brought about. */
export function faultInEffect({ status }: Pick<Pod, "status">): string | undefined {
  const condition = status?.conditions?.find(({ type }) => type === faultCondition);
  return condition?.status === "True" ? condition.message : undefined;
}

/** The flags of `pod-shim fault` that bring it about. Throws for a text that is no fault. */
export function faultFlags(text: string): readonly string[] {
  const { status, latencyMs, down } = JSON.parse(text) as InjectedFault;
  return [
    ...(status === undefined ? [] : [`--status=${status}`]),
    ...(latencyMs === undefined ? [] : [`--latency=${latencyMs}ms`]),
    ...(down === true ? ["--down"] : []),
  ];
}
