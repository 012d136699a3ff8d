import { AppError } from "../../../src/core/error.ts";
import { parts } from "./targets.ts";
import { type InjectedFault, faultText } from "../pods/fault.ts";

/** What the flags of `sandbox fail POD` request. */
export interface PodFaultFlags {
  readonly status: number | undefined;
  /** In milliseconds. */
  readonly latency: number | undefined;
  readonly down: boolean;
  readonly nack: boolean;
}

export interface PodFault {
  /** The failure that the runtime of real pods injects; undefined if only the sidecar fails. */
  readonly text: string | undefined;
  /** Whether its sidecar rejects what istiod sends. */
  readonly nack: boolean;
}

/** Returns the fault. Throws USAGE_INVALID for flags that name no fault, or two that exclude each other. */
export function parsePodFault({ status, latency, down, nack }: PodFaultFlags): PodFault {
  if (status !== undefined && !(status >= 200 && status <= 599)) {
    throw new AppError("USAGE_INVALID", `--status: ${status} is not an HTTP status from 200 to 599.`);
  }
  const answers = status !== undefined || latency !== undefined;
  if (down && answers) {
    throw new AppError("USAGE_INVALID", "--down cannot be combined with --status or --latency: a pod that is down sends no responses.");
  }
  if (!answers && !down && !nack) {
    throw new AppError("USAGE_INVALID", "No failure given for the pod.", {
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

/** Parses `NAMESPACE/NAME`, or a name in the namespace of -n. */
export function parsePodName(what: string, namespace: string | undefined): { namespace: string; name: string } {
  const [first = "", second, ...rest] = what.split("/");
  const label = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;
  if (second === undefined && namespace === undefined) {
    throw new AppError("USAGE_INVALID", `WHAT: "${what}" is not one of ${parts.join(", ")}; a pod is given as NAMESPACE/NAME.`);
  }
  const pod =
    second === undefined ? { namespace: namespace ?? "default", name: first } : { namespace: first, name: second };
  if (rest.length === 0 && label.test(pod.namespace) && label.test(pod.name)) return pod;
  throw new AppError("USAGE_INVALID", `WHAT: "${what}" is neither a component of a sandbox nor a pod (NAMESPACE/NAME).`);
}
