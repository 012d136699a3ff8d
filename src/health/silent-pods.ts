import type { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { foldAlike } from "./fold-alike.ts";
import { listed } from "../core/enumerate.ts";

/** A pod that did not answer through a port-forward, and the error. */
export interface SilentPod {
  readonly namespace: string;
  readonly name: string;
  readonly error: AppError;
}

/**
 * Returns a finding for each obstacle, however many pods it affects. A missing permission is one obstacle, in however
 * many namespaces. `subject` describes the pods, `thing` is the key of a pod in findings.
 */
export function silences(
  silent: readonly SilentPod[],
  subject: (alike: readonly SilentPod[]) => string,
  thing: (pod: SilentPod) => string,
): readonly Omit<Finding, "id">[] {
  return foldAlike(silent, likeness).map((alike) => {
    const [{ error }] = alike;
    const { summary, fix, evidence, ...unknown } = unknownBecause(error);
    const others = [...new Set(alike.map(({ namespace }) => namespace))].slice(1);
    return {
      subject: subject(alike),
      about: [...new Set(alike.map(thing))],
      ...unknown,
      summary:
        error.code !== "KUBE_DENIED" || others.length === 0
          ? summary
          : `${summary} The same applies in ${listed(others)}.`,
      ...(fix === undefined ? {} : { fix }),
      evidence: { ...evidence, pods: alike.map(fullName) },
    };
  });
}

export function fullName({ namespace, name }: SilentPod): string {
  return `${namespace}/${name}`;
}

function likeness(pod: SilentPod): string {
  return pod.error.code === "KUBE_DENIED" ? pod.error.code : pod.error.message.replaceAll(fullName(pod), "");
}
