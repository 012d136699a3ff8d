import type { Clock } from "../core/clock.ts";
import type { AppError } from "../core/error.ts";
import type { Cluster, ObjectRef } from "./port.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

/** How long to wait for an object, and where to report what is missing. */
export interface WatchPatience {
  readonly patienceMs: number;
  readonly report: (detail: string) => void;
}

export interface FollowLimit<T> extends Pick<WatchPatience, "patienceMs"> {
  readonly clock: Clock;
  /** Returns the error when the time is up; `last` is the object at that time, if it existed. */
  readonly late: (last: T | undefined) => AppError;
}

/**
 * Watches one object until `arrived` returns true for it, or throws because it will not recover; undefined means that
 * the object does not exist. Throws what `late` returns when the time is up.
 */
export async function follow<T extends KubeObject>(
  cluster: Pick<Cluster, "watch">,
  { apiVersion, kind, namespace, name }: ObjectRef,
  arrived: (object: T | undefined) => boolean,
  { clock, patienceMs, late }: FollowLimit<T>,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const done = new AbortController();
  let last: T | undefined;
  clock.sleep(patienceMs, AbortSignal.any([signal, done.signal])).then(
    () => over.abort(late(last)),
    () => undefined,
  );
  const query = { apiVersion, kind, fieldSelector: `metadata.name=${name}`, ...(namespace && { namespace }) };
  try {
    for await (const event of cluster.watch<T>(query, AbortSignal.any([signal, over.signal]))) {
      if (event.type === "interrupted") continue;
      last = event.type === "listed" ? event.objects[0] : event.type === "deleted" ? undefined : event.object;
      if (arrived(last)) return;
    }
    over.signal.throwIfAborted();
    signal.throwIfAborted();
    throw late(last);
  } finally {
    done.abort();
  }
}
