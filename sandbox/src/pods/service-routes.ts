import { execFile } from "node:child_process";
import type { Clock } from "../../../src/core/clock.ts";
import { writePrivate } from "../state.ts";
import type { Api } from "./api.ts";
import type { ServiceTable, ServiceView, SliceView } from "./service-table.ts";
import { followCollection } from "./watch.ts";

/** Keeps what a region's pods know of Services: their routes in every pod, their names in the name server's file. */
export interface ServiceRoutes {
  /** Resolves when the routes of a pod's network are current; they are kept so until `remove`. */
  add(netns: string): Promise<void>;
  remove(netns: string): void;
  /** Resolves when the signal aborts. */
  readonly done: Promise<void>;
}

export interface ServiceRoutesSetting {
  readonly api: Api;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** The file of the names, which `pod-shim serve` reads. */
  readonly file: string;
  table(services: Iterable<ServiceView>, slices: Iterable<SliceView>): ServiceTable;
  /** Writes routes to network namespaces: {@link routeServices}. */
  write(namespaces: readonly string[], routes: string): Promise<void>;
  log(text: string): void;
}

/** Endpoints change in bursts, such as those of a rollout. */
const gatherMs = 100;
const retryMs = 2_000;

export function followServices({ api, clock, signal, file, table, write, log }: ServiceRoutesSetting): ServiceRoutes {
  const services = new Map<string, ServiceView>();
  const slices = new Map<string, SliceView>();
  const listed = { services: false, slices: false };
  /** What every network has; empty before the first write. */
  const written = new Map<string, string>();
  let current: ServiceTable | undefined;
  let published: string | undefined;
  let listedBoth: () => void = () => undefined;
  const isListed = new Promise<void>((resolve) => {
    listedBoth = resolve;
    signal.addEventListener("abort", () => resolve(), { once: true });
  });

  const pass = async (): Promise<void> => {
    if (!listed.services || !listed.slices) return;
    current ??= table(services.values(), slices.values());
    const { names, ...rest } = current;
    const known = JSON.stringify({ names });
    if (published !== known) await writePrivate(file, known);
    published = known;
    const text = JSON.stringify(rest);
    const behind = [...written].filter(([, has]) => has !== text).map(([netns]) => netns);
    if (behind.length > 0) await write(behind, text);
    for (const netns of behind) if (written.has(netns)) written.set(netns, text);
  };
  let last: Promise<void> = Promise.resolve();
  /** One after the other: an older table must not replace a newer one. */
  const update = async (): Promise<void> => {
    last = last.catch(() => undefined).then(pass);
    return last;
  };
  let isPending = false;
  const changed = async (afterMs = gatherMs): Promise<void> => {
    current = undefined;
    if (isPending) return;
    isPending = true;
    await clock.sleep(afterMs, signal).catch(() => undefined);
    isPending = false;
    if (signal.aborted) return;
    await update().catch((error: unknown) => {
      log(`cannot route Services: ${String((error as Error).message)}`);
      void changed(retryMs);
    });
    if (listed.services && listed.slices) listedBoth();
  };

  const follow = async <T extends ServiceView | SliceView>(
    kind: keyof typeof listed,
    path: string,
    known: Map<string, T>,
    slim: (object: T) => T,
  ): Promise<void> => {
    const key = ({ metadata }: T): string => `${metadata.namespace}/${metadata.name}`;
    await followCollection<T>(
      api,
      { path },
      {
        all(items) {
          known.clear();
          for (const item of items) known.set(key(item), slim(item));
          listed[kind] = true;
          void changed();
        },
        changed(item) {
          known.set(key(item), slim(item));
          void changed();
        },
        deleted(item) {
          known.delete(key(item));
          void changed();
        },
        failed: (error) => log(`cannot watch ${kind}: ${String((error as Error).message)}`),
      },
      clock,
      signal,
    );
  };
  const watches = [
    follow<ServiceView>("services", "/api/v1/services", services, ({ metadata, spec }) => ({
      metadata: named(metadata),
      spec,
    })),
    follow<SliceView>("slices", "/apis/discovery.k8s.io/v1/endpointslices", slices, (slice) => ({
      ...slice,
      metadata: { ...named(slice.metadata), labels: slice.metadata.labels ?? {} },
    })),
  ];
  return {
    async add(netns) {
      written.set(netns, "");
      await isListed;
      await update();
    },
    remove(netns) {
      written.delete(netns);
    },
    done: Promise.all(watches).then(() => undefined),
  };
}

/** Without annotations and managed fields, which are most of an object. */
function named({ name, namespace }: ServiceView["metadata"]): ServiceView["metadata"] {
  return { name, ...(namespace === undefined ? {} : { namespace }) };
}

/** Runs `pod-shim services`, which skips networks that are gone. */
export async function routeServices(shim: string, namespaces: readonly string[], routes: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const child = execFile(shim, ["services", ...namespaces], (error, _, stderr) => {
      if (error === null) resolve();
      else reject(new Error(stderr.trim() === "" ? error.message : stderr.trim(), { cause: error }));
    });
    // If it ends before it has read everything, its exit code says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(routes);
  });
}
