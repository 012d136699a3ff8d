import type { AppError } from "../core/error.ts";
import type { Application, ApplicationEvent } from "../k8s/argocd/port.ts";

/** The live Applications of one cluster: a single watch serves any number of waits. */
export interface LiveApplications {
  readonly all: readonly Application[];
  find(name: string): Application | undefined;
  /**
   * Resolves as soon as the application is in a later state than `version`, or deleted. Rejects with the signal's
   * reason, or with the error that ended the watch.
   */
  changed(name: string, version: string, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Resource versions of one kind of object can be compared as numbers: https://kep.k8s.io/5504 */
export function isEarlier(version: string, than: string): boolean {
  return BigInt(version) < BigInt(than);
}

interface Waiting {
  resolve(): void;
  reject(reason: unknown): void;
}

/** Resolves once the initial list is complete. Throws the watch's error. */
export async function followApplications(
  watch: (signal: AbortSignal) => AsyncIterable<ApplicationEvent>,
  onInterrupted: (error: AppError) => void,
  signal: AbortSignal,
): Promise<LiveApplications> {
  const known = new Map<string, Application>();
  const waiting = new Map<string, Set<Waiting>>();
  const stop = new AbortController();
  let ended: { readonly reason: unknown } | undefined;

  const wake = (name: string): void => {
    for (const each of waiting.get(name) ?? []) each.resolve();
  };
  const hear = (event: ApplicationEvent): void => {
    if (event.type === "interrupted") return onInterrupted(event.error);
    if (event.type === "listed") {
      known.clear();
      for (const application of event.applications) known.set(application.name, application);
      for (const name of waiting.keys()) wake(name);
      return;
    }
    const { application } = event;
    if (event.type === "deleted") known.delete(application.name);
    else known.set(application.name, application);
    wake(application.name);
  };

  await new Promise<void>((resolve, reject) => {
    const follow = async (): Promise<void> => {
      for await (const event of watch(AbortSignal.any([signal, stop.signal]))) {
        hear(event);
        if (event.type === "listed") resolve();
      }
    };
    follow().catch((error: unknown) => {
      ended = { reason: error };
      reject(error);
      for (const each of waiting.values()) for (const one of each) one.reject(error);
    });
  });

  return {
    get all() {
      return [...known.values()];
    },
    find: (name) => known.get(name),
    changed: (name, version, inner) =>
      new Promise((resolve, reject) => {
        if (inner.aborted) return reject(inner.reason);
        if (ended !== undefined) return reject(ended.reason);
        const now = known.get(name)?.version;
        if (now === undefined || isEarlier(version, now)) return resolve();
        const others = waiting.get(name) ?? new Set();
        waiting.set(name, others);
        const onAbort = (): void => settle(() => reject(inner.reason));
        const settle = (how: () => void): void => {
          others.delete(entry);
          inner.removeEventListener("abort", onAbort);
          how();
        };
        const entry: Waiting = {
          resolve: () => settle(resolve),
          reject: (reason) => settle(() => reject(reason)),
        };
        others.add(entry);
        inner.addEventListener("abort", onAbort, { once: true });
      }),
    stop: () => stop.abort(new Error("no longer watched")),
  };
}
