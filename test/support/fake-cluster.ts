import { AppError } from "../../src/core/error.ts";
import type { PodObject } from "../../src/core/kubernetes/pod.ts";
import type { Cluster, ListQuery, PodAnswer, WatchEvent } from "../../src/k8s/port.ts";
import { selected } from "./list-query.ts";
import { mustBeUsed } from "./must-be-used.ts";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";

export interface FakeClusterOptions {
  readonly objects?: readonly KubeObject[];
  /**
   * Errors in place of the objects of a kind (`Pod`) or of one place (`Pod in shop`, `Pod in all`); `version` in place
   * of the version.
   */
  readonly errors?: Readonly<Record<string, AppError>>;
  /** Kinds that are not served, because their CRDs are not installed. */
  readonly unserved?: readonly string[];
  /** The responses of a pod's port, by `shop/orders-1:15000`, for each path in turn. */
  readonly answers?: Readonly<Record<string, AppError | readonly string[]>>;
  /** The clock of pods, in milliseconds since the epoch. */
  readonly podNow?: number;
}

export interface FakeCluster extends Cluster {
  /** Every list and table that was read: `table Pod`, `list Pod metadata.name=a`. */
  readonly reads: readonly string[];
}

/** An in-memory API server, for reading only. A test fails if nothing uses an error or answer of a pod that it prepares. */
export function fakeCluster(options: FakeClusterOptions = {}): FakeCluster {
  const { objects = [], errors = {}, answers = {}, podNow, unserved = [] } = options;
  const reads: string[] = [];
  const used = new Set<string>();
  const left = (prepared: object) => () => Object.keys(prepared).filter((key) => !used.has(key));
  mustBeUsed("errors of a cluster", left(errors));
  mustBeUsed("answers of pods", left(answers));
  const errorFor = (...keys: readonly string[]): AppError | undefined => {
    const key = keys.find((each) => errors[each] !== undefined);
    if (key === undefined) return undefined;
    used.add(key);
    return errors[key];
  };
  const found = (verb: string, query: ListQuery): readonly KubeObject[] => {
    reads.push([verb, query.kind, query.fieldSelector].filter((word) => word !== undefined).join(" "));
    const error = errorFor(`${query.kind} in ${query.namespace ?? "all"}`, query.kind);
    if (error !== undefined) throw error;
    return selected(objects, query);
  };
  const readOnly = async (): Promise<never> => Promise.reject(new Error("the fake cluster is only read"));
  return {
    name: "eu",
    kubectl: "kubectl --context eu",
    reads,
    version: async () => {
      const error = errorFor("version");
      if (error !== undefined) throw error;
      return "v1.37.2";
    },
    metrics: async () => "",
    serves: async (_version, kind) => !unserved.includes(kind),
    get: async (ref) => found("get", ref).find((object) => object.metadata.name === ref.name),
    list: async function* <T extends KubeObject>(query: ListQuery) {
      yield found("list", query) as readonly T[];
    },
    table: async function* (query) {
      const rows = (found("table", query) as readonly PodObject[]).map(podRow);
      yield { columns: ["Name", "Ready", "Status", "Restarts", "Age", "Node", "Readiness Gates"], rows };
    },
    watch: async function* <T extends KubeObject>(query: ListQuery): AsyncIterable<WatchEvent<T>> {
      yield { type: "listed", objects: found("watch", query) as readonly T[] };
    },
    apply: readOnly,
    replace: readOnly,
    patch: readOnly,
    delete: readOnly,
    askPod: async ({ namespace, name, port }, paths) => {
      const asked = `${namespace}/${name}:${port}`;
      reads.push(`ask ${asked}`);
      used.add(asked);
      const answer = answers[asked] ?? new AppError("KUBE_FORWARD_FAILED", `nothing listens at ${asked}`);
      if (answer instanceof AppError) throw answer;
      return paths.map((_path, at): PodAnswer => ({
        status: 200,
        body: answer[at] ?? "",
        ...(podNow === undefined ? {} : { now: podNow }),
      }));
    },
    exec: () => Promise.reject(new Error("nothing runs in these pods")),
    log: () => Promise.reject(new Error("nothing runs in these pods")),
    close: async () => undefined,
  };
}

/**
 * Formats a pod like the API server:
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/printers/internalversion/printers.go
 */
function podRow({ metadata, spec, status }: PodObject): readonly unknown[] {
  const containers = status?.containerStatuses ?? [];
  const ready = `${containers.filter((each) => each.ready).length}/${Math.max(containers.length, 1)}`;
  const waiting = containers.find((each) => each.state?.waiting !== undefined)?.state?.waiting?.reason;
  const deleted = metadata["deletionTimestamp"] === undefined ? undefined : "Terminating";
  const phase = status?.phase === "Succeeded" ? "Completed" : status?.phase;
  return [metadata.name, ready, deleted ?? waiting ?? status?.reason ?? phase, 0, "5m", spec?.nodeName, "<none>"];
}
