import type { Clock } from "../../../src/core/clock.ts";
import type { ObjectMeta } from "../../../src/core/kubernetes/object.ts";
import { type Api, ApiError } from "./api.ts";

interface Watched {
  readonly metadata: ObjectMeta;
}

export interface Collection {
  /** With its query: `/api/v1/pods?labelSelector=…`. */
  readonly path: string;
  /** Requests only names and versions, without the objects' content. */
  readonly metadataOnly?: boolean;
}

const asMetadata = (kind: string): string => `application/json;as=${kind};v=v1;g=meta.k8s.io`;

export interface WatchHandlers<T> {
  /** Called with the complete list: at the start, and whenever events may have been missed. */
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
 * Watches a collection until the signal aborts: lists it, then follows its changes. A watch that ends is resumed; a new
 * list is requested only if the server no longer has the changes.
 */
export async function followCollection<T extends Watched>(
  api: Api,
  { path, metadataOnly }: Collection,
  handlers: WatchHandlers<T>,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  let version: string | undefined;
  const accept = (kind: string): string | undefined => (metadataOnly === true ? asMetadata(kind) : undefined);
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const list = await api.get<{ metadata: { resourceVersion: string }; items: T[] | null }>(
          path,
          signal,
          accept("PartialObjectMetadataList"),
        );
        if (list === undefined) throw new ApiError(404, `${path} is not served`);
        version = list.metadata.resourceVersion;
        handlers.all(list.items ?? []);
      }
      const query = new URLSearchParams({ watch: "true", allowWatchBookmarks: "true", resourceVersion: version });
      const follow = `${path}${path.includes("?") ? "&" : "?"}${query.toString()}`;
      for await (const event of api.stream(follow, signal, accept("PartialObjectMetadata"))) {
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
