import { AppError } from "../../../src/core/error.ts";
import { parts } from "./targets.ts";
import { type InjectedFault, faultText } from "../pods/fault.ts";

/** What the flags of `sandbox fail POD` ask for. */
export interface PodFaultFlags {
  readonly status: number | undefined;
  /** Milliseconds. */
  readonly latency: number | undefined;
  readonly down: boolean;
  readonly nack: boolean;
}

export interface PodFault {
  /** What the runtime of real pods does to it; undefined where only its sidecar is failed. */
  readonly text: string | undefined;
  /** Its sidecar refuses what istiod sends. */
  readonly nack: boolean;
}

/** Throws USAGE_INVALID for flags that name no fault, or two that exclude each other. */
export function parsePodFault({ status, latency, down, nack }: PodFaultFlags): PodFault {
  if (status !== undefined && !(status >= 200 && status <= 599)) {
    throw new AppError("USAGE_INVALID", `--status: ${status} is not an HTTP status from 200 to 599.`);
  }
  const answers = status !== undefined || latency !== undefined;
  if (down && answers) {
    throw new AppError("USAGE_INVALID", "--down excludes --status and --latency: a pod that is down answers nothing.");
  }
  if (!answers && !down && !nack) {
    throw new AppError("USAGE_INVALID", "What is wrong with the pod is missing.", {
      next: ["gennet sandbox fail POD --status 503  # or --latency 2s, --down, --nack"],
    });
  }
  const fault: InjectedFault = {
    ...(status === undefined ? {} : { status }),
    ...(latency === undefined ? {} : { latencyMs: latency }),
    ...(down ? { down } : {}),
  };
  return { text: answers || down ? faultText(fault) : undefined, nack };
}

/** `NAMESPACE/NAME`, or a name in the namespace of -n. */
export function parsePodName(what: string, namespace: string | undefined): { namespace: string; name: string } {
  const [first = "", second, ...rest] = what.split("/");
  const label = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
  if (second === undefined && namespace === undefined) {
    throw new AppError("USAGE_INVALID", `WHAT: "${what}" is none of ${parts.join(", ")}; a pod is NAMESPACE/NAME.`);
  }
  const pod =
    second === undefined ? { namespace: namespace ?? "default", name: first } : { namespace: first, name: second };
  if (rest.length === 0 && label.test(pod.namespace) && label.test(pod.name)) return pod;
  throw new AppError("USAGE_INVALID", `WHAT: "${what}" is neither a part of a sandbox nor a pod, NAMESPACE/NAME.`);
}
