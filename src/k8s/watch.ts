import type { Clock } from "../core/clock.ts";
import { AppError } from "../core/error.ts";
import { isUnanswered } from "../core/transient.ts";
import { type ClusterName, type KubeStatus, readStatus, statusError } from "./errors.ts";
import type { ListQuery, WatchEvent } from "./port.ts";
import type { KubeResponse, KubeStream } from "./transport.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

/** The requests of a watch. */
export interface WatchRequests<T> {
  list(): AsyncIterable<{ readonly items: readonly T[]; readonly metadata?: { readonly resourceVersion?: string } }>;
  follow(query: Readonly<Record<string, string>>, silenceMs: number): Promise<KubeResponse | KubeStream>;
  parse(asked: string, line: string): unknown;
}

export interface Watched {
  readonly cluster: ClusterName;
  /** For messages: `watch pods`. */
  readonly asked: string;
  readonly query: Pick<ListQuery, "apiVersion" | "kind">;
}

interface Line<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T & KubeStatus;
}

/** The server ends the watch after this time, so that a connection that is silent for longer is dead. */
const turnSeconds = 60;
const silenceMs = 75_000;
const pausesMs = [1_000, 2_000, 5_000, 10_000];

/**
 * Returns a list, then all changes after it. A watch that ends resumes where it stopped, unless the server no longer
 * has that version (410): then it starts with a new list.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export async function* watchCollection<T extends KubeObject>(
  { cluster, asked, query }: Watched,
  requests: WatchRequests<T>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  let version: string | undefined;
  let fruitless = 0;

  const named = (item: T): T => ({ ...item, apiVersion: query.apiVersion, kind: query.kind });
  const listed = async (): Promise<readonly T[]> => {
    const objects: T[] = [];
    for await (const page of requests.list()) {
      objects.push(...page.items.map(named));
      // The version of the first page: if the snapshot expires in between, changes since then are reported again.
      version ??= page.metadata?.resourceVersion;
    }
    return objects;
  };

  async function* turn(): AsyncGenerator<WatchEvent<T>> {
    const more = { resourceVersion: version ?? "", allowWatchBookmarks: "true", timeoutSeconds: String(turnSeconds) };
    const answer = await requests.follow(more, silenceMs);
    if (!("lines" in answer)) throw failed(answer.status, readStatus(answer.body));
    for await (const line of answer.lines) {
      const { type, object } = requests.parse(asked, line) as Line<T>;
      if (type === "ERROR") throw failed(object.code ?? 500, object);
      version = object.metadata.resourceVersion;
      fruitless = 0;
      if (type !== "BOOKMARK") yield { type: type === "DELETED" ? "deleted" : "changed", object };
    }
  }

  const failed = (code: number, status: KubeStatus): AppError | Expired =>
    code === 410 ? new Expired() : statusError(cluster, asked, code, status);

  yield { type: "listed", objects: await listed() };
  for (;;) {
    try {
      if (version === undefined) yield { type: "listed", objects: await listed() };
      yield* turn();
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Expired) version = undefined;
      else if (error instanceof AppError && isUnanswered(error)) yield { type: "interrupted", error };
      else throw error;
    }
    if (fruitless > 0) await clock.sleep(pausesMs[Math.min(fruitless, pausesMs.length) - 1] as number, signal);
    fruitless += 1;
  }
}

/** The server no longer has the version from which the watch should resume. */
class Expired extends Error {}
