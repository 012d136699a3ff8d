import type { Clock } from "../core/clock.ts";
import { createDiscovery, groupPath, type ServedResource } from "./discovery.ts";
import { type ClusterName, readStatus, statusError } from "./errors.ts";
import type { Cluster, ListQuery, ObjectRef, TablePage } from "./port.ts";
import type { KubeResponse, Transport } from "./transport.ts";
import type { KubeRequest } from "./exchange.ts";
import { watchCollection } from "./watch.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

const pageSize = 500;
const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io";

interface ListBody {
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
}

interface TableBody extends ListBody {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows?: readonly { readonly cells: readonly unknown[] }[];
}

/** Implements the Cluster port over HTTP. */
export function createCluster(about: ClusterName, transport: Transport, clock: Clock): Cluster {
  const { name, kubectl } = about;
  const ok = async (asked: string, request: KubeRequest, signal: AbortSignal): Promise<unknown> => {
    const response = await transport.send(request, signal);
    if (response.status < 300) return parse(asked, response.body);
    throw failure(asked, response);
  };
  const orNothing = async (asked: string, path: string, signal: AbortSignal): Promise<unknown> => {
    const response = await transport.send({ method: "GET", path }, signal);
    if (response.status === 404) return undefined;
    if (response.status < 300) return parse(asked, response.body);
    throw failure(asked, response);
  };
  const parse = (asked: string, body: string): unknown => {
    try {
      return JSON.parse(body);
    } catch {
      // A proxy answered in the server's place.
      throw statusError(about, asked, 502, { message: `the response is not JSON: ${readStatus(body).message ?? ""}` });
    }
  };
  const failure = (asked: string, response: KubeResponse) =>
    statusError(about, asked, response.status, readStatus(response.body));

  const discovery = createDiscovery(about, (path, signal) => orNothing(`discover ${path}`, path, signal));
  const pathOf = async (ref: ObjectRef, signal: AbortSignal): Promise<string> => {
    const resource = await discovery.need(ref.apiVersion, ref.kind, signal);
    return `${collection(ref.apiVersion, resource, ref.namespace ?? "default")}/${encodeURIComponent(ref.name)}`;
  };

  const selection = ({ labelSelector, fieldSelector }: ListQuery): Record<string, string> => ({
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
  });
  const write = async (
    verb: string,
    ref: ObjectRef,
    query: Readonly<Record<string, string>>,
    request: Pick<KubeRequest, "method" | "body">,
    signal: AbortSignal,
  ): Promise<KubeObject> => {
    const search = new URLSearchParams({ fieldManager: "gennet", ...query });
    const path = `${await pathOf(ref, signal)}?${search.toString()}`;
    return (await ok(`${verb} ${describe(ref)}`, { ...request, path }, signal)) as KubeObject;
  };

  async function* pages<T extends ListBody>(
    query: ListQuery,
    accept: string,
    extra: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncGenerator<T> {
    const resource = await discovery.need(query.apiVersion, query.kind, signal);
    const path = collection(query.apiVersion, resource, query.namespace);
    let next: string | undefined;
    do {
      const search = new URLSearchParams({ limit: String(pageSize), ...extra, ...selection(query) });
      if (next !== undefined) search.set("continue", next);
      const response = await transport.send({ method: "GET", path: `${path}?${search.toString()}`, accept }, signal);
      if (response.status >= 300) {
        const status = readStatus(response.body);
        // The snapshot that the pages came from has expired. The server returns a token to continue without it, so that
        // no item is returned twice.
        if (response.status === 410 && status.metadata?.continue) {
          next = status.metadata.continue;
          continue;
        }
        throw statusError(about, `list ${resource.plural}`, response.status, status);
      }
      const page = parse(`list ${resource.plural}`, response.body) as T;
      yield page;
      next = page.metadata?.continue || undefined;
    } while (next !== undefined);
  }

  return {
    name,
    kubectl,
    async version(signal) {
      const body = await ok("read the version", { method: "GET", path: "/version" }, signal);
      return (body as { gitVersion: string }).gitVersion;
    },
    async metrics(signal) {
      const response = await transport.send({ method: "GET", path: "/metrics", accept: "text/plain" }, signal);
      if (response.status < 300) return response.body;
      throw failure("read the metrics of the API server", response);
    },
    async serves(apiVersion, kind, signal) {
      return (await discovery.find(apiVersion, kind, signal)) !== undefined;
    },
    async get(ref, signal) {
      const path = await pathOf(ref, signal);
      return (await orNothing(`get ${describe(ref)}`, path, signal)) as KubeObject | undefined;
    },
    async *list<T extends KubeObject>(query: ListQuery, signal: AbortSignal) {
      for await (const page of pages<ListBody & { items: T[] }>(query, "application/json", {}, signal)) {
        // Lists omit what is the same for every item.
        yield page.items.map((item) => ({ ...item, apiVersion: query.apiVersion, kind: query.kind }));
      }
    },
    async *table(query, signal) {
      for await (const page of pages<TableBody>(query, asTable, { includeObject: "None" }, signal)) {
        yield toTablePage(page);
      }
    },
    async *watch<T extends KubeObject>(query: ListQuery, signal: AbortSignal) {
      const resource = await discovery.need(query.apiVersion, query.kind, signal);
      const path = collection(query.apiVersion, resource, query.namespace);
      const list = () => pages<ListBody & { items: T[] }>(query, "application/json", {}, signal);
      const follow = (more: Readonly<Record<string, string>>, silenceMs: number) => {
        const search = new URLSearchParams({ watch: "true", ...selection(query), ...more });
        return transport.stream({ method: "GET", path: `${path}?${search.toString()}` }, silenceMs, signal);
      };
      const told = { cluster: about, asked: `watch ${resource.plural}`, query };
      yield* watchCollection<T>(told, { list, follow, parse }, clock, signal);
    },
    async apply(object, { force, dryRun }, signal) {
      const query = {
        fieldValidation: "Strict",
        ...(force === true ? { force: "true" } : {}),
        ...(dryRun === true ? { dryRun: "All" } : {}),
      };
      const body = { type: "application/apply-patch+yaml", content: JSON.stringify(object) };
      return write("apply", refOf(object), query, { method: "PATCH", body }, signal);
    },
    async replace(object, signal) {
      const body = { type: "application/json", content: JSON.stringify(object) };
      return write("replace", refOf(object), {}, { method: "PUT", body }, signal);
    },
    async patch(ref, patch, { dryRun }, signal) {
      const [type, content] =
        "json" in patch ? ["application/json-patch+json", patch.json] : ["application/merge-patch+json", patch.merge];
      const body = { type, content: JSON.stringify(content) };
      return write("patch", ref, dryRun === true ? { dryRun: "All" } : {}, { method: "PATCH", body }, signal);
    },
    async delete(ref, signal) {
      // Without a policy, a Job leaves its pods behind.
      const path = `${await pathOf(ref, signal)}?propagationPolicy=Background`;
      const response = await transport.send({ method: "DELETE", path }, signal);
      if (response.status >= 300 && response.status !== 404) throw failure(`delete ${describe(ref)}`, response);
    },
    async askPod(target, paths, signal) {
      const { askPod } = await import("./ask-pod.ts");
      return askPod(about, transport, target, paths, signal);
    },
    async exec(target, argv, input, signal) {
      const { execPath, execProtocol, runThrough } = await import("./exec.ts");
      const conversation = { path: execPath(target, argv), protocol: execProtocol };
      const talk = (socket: Parameters<typeof runThrough>[0]) => runThrough(socket, input);
      const answer = await transport.converse({ ...conversation, talk }, signal);
      if ("talked" in answer) return answer.talked;
      throw failure(`exec in pod ${target.namespace}/${target.name}`, answer);
    },
    async log({ namespace, name: pod, container }, signal) {
      const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`;
      const search = new URLSearchParams({ container });
      const response = await transport.send(
        { method: "GET", path: `${path}?${search.toString()}`, accept: "*/*" },
        signal,
      );
      if (response.status < 300) return response.body;
      throw failure(`read the log of pod ${namespace}/${pod}`, response);
    },
    async close() {
      transport.close();
    },
  };
}

function collection(apiVersion: string, resource: ServedResource, namespace: string | undefined): string {
  const within = resource.namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${groupPath(apiVersion)}${within}/${resource.plural}`;
}

function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace && { namespace }) };
}

function describe(ref: ObjectRef): string {
  return `${ref.kind} ${ref.namespace === undefined ? "" : `${ref.namespace}/`}${ref.name}`;
}

function toTablePage(body: TableBody): TablePage {
  const columns = body.columnDefinitions.map((column) => column.name);
  return { columns, rows: (body.rows ?? []).map((row) => row.cells) };
}
