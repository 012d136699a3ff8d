import type { Clock } from "../../core/clock.ts";
import type { ObjectMeta } from "../../k8s/port.ts";
import { type Api, ApiError } from "./api.ts";

interface Watched {
  readonly metadata: ObjectMeta;
}

export interface WatchHandlers<T> {
  /** Everything there is: at the start, and whenever events may have been missed. */
  all(items: readonly T[]): void;
  changed(item: T): void;
  deleted(item: T): void;
  failed(error: unknown): void;
}

interface Event<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T & { readonly code?: number; readonly message?: string };
}

const pauseMs = 1_000;

/**
 * Follows a collection until the signal aborts: a list, then what happens after it; a watch that ends is resumed from
 * where it was, and only one that the server has forgotten begins with a new list.
 */
export async function followCollection<T extends Watched>(
  api: Api,
  path: string,
  handlers: WatchHandlers<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let version: string | undefined;
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await api.get<{ metadata: { resourceVersion: string }; items: T[] }>(path, signal);
        if (list === undefined) throw new ApiError(404, `${path} is not served`);
        version = list.metadata.resourceVersion;
        handlers.all(list.items);
      }
      const query = new URLSearchParams({ watch: "true", allowWatchBookmarks: "true", resourceVersion: version });
      for await (const event of api.stream(`${path}${path.includes("?") ? "&" : "?"}${query.toString()}`, signal)) {
        const { type, object } = event as Event<T>;
        if (type === "ERROR") throw new ApiError(object.code ?? 500, object.message ?? "the watch failed");
        version = object.metadata.resourceVersion;
        if (type === "DELETED") handlers.deleted(object);
        else if (type !== "BOOKMARK") handlers.changed(object);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.status === 410) version = undefined;
      else handlers.failed(error);
    }
    await clock.sleep(pauseMs, signal).catch(() => undefined);
  }
}
