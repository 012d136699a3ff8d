import type { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import { unknownBecause } from "../core/run-checks.ts";
import { foldAlike } from "./fold-alike.ts";
import { listed } from "../core/enumerate.ts";

/** A pod that was asked through a port-forward, and what kept it from an answer. */
export interface SilentPod {
  readonly namespace: string;
  readonly name: string;
  readonly error: AppError;
}

/**
 * A finding for each obstacle, whatever number of pods are behind it. A missing right is one obstacle, in however many
 * namespaces. `subject` names the pods, `thing` is what findings about one of them call it.
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
        error.code !== "KUBE_DENIED" || others.length === 0 ? summary : `${summary} The same in ${listed(others)}.`,
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
