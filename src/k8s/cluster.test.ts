import { Agent } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import {
  type Answer,
  type FakeApiServer,
  fakeApiServer,
  type ReceivedRequest,
  status,
} from "../../test/support/fake-api-server.ts";
import { memoryHost } from "../../test/support/host.ts";
import type { Authorisation } from "./access.ts";
import { createCluster } from "./cluster.ts";
import type { Cluster, ListQuery, Patch } from "./port.ts";
import { createTransport } from "./transport.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

const { signal } = new AbortController();
const pods: ListQuery = { apiVersion: "v1", kind: "Pod" };
const node = { apiVersion: "v1", kind: "Node", name: "n1" };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Trial {
  readonly cluster: Cluster;
  readonly server: FakeApiServer;
}

interface TrialOptions {
  readonly requestTimeoutMs?: number;
  readonly authorise?: () => Omit<Authorisation, "agent">;
}

async function trial(answer: (request: ReceivedRequest) => Answer, options: TrialOptions = {}): Promise<Trial> {
  const server = await fakeApiServer(answer);
  const agent = new Agent({ keepAlive: true });
  const authorise = async (): Promise<Authorisation> => ({ agent, headers: {}, ...options.authorise?.() });
  const { clock } = memoryHost();
  const requestTimeoutMs = options.requestTimeoutMs ?? 10_000;
  const access = { server: new URL(server.url), authorise };
  const cluster = createCluster(
    { name: "eu", kubectl: "kubectl --context eu" },
    createTransport(access, { cluster: "eu", requestTimeoutMs, clock }),
    clock,
  );
  closers.push(() => cluster.close(), server.close);
  return { cluster, server };
}

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}

const item = (name: string) => ({ metadata: { name } });

describe("a container's log and a Job's deletion", () => {
  const target = { namespace: "shop", name: "a", container: "app" };
  const path = "/api/v1/namespaces/shop/pods/a/log";

  it("A log is returned as it was written, and is that of one container", async () => {
    const { cluster, server } = await trial(() => (response) => void response.end("one\ntwo {}\n"));
    expect(await cluster.log(target, signal)).toBe("one\ntwo {}\n");
    expect(server.requests).toMatchObject([{ method: "GET", path, query: { container: "app" } }]);
  });

  it("A log that may not be read is denied, and one that does not exist is rejected", async () => {
    const denied =
      'pods "a" is forbidden: User "me" cannot get resource "pods/log" in API group "" in the namespace "shop"';
    for (const [code, message, error] of [
      [403, denied, "KUBE_DENIED"],
      [404, 'pods "a" not found', "KUBE_REJECTED"],
    ] as const) {
      const { cluster } = await trial(() => status(code, message));
      await expect(cluster.log(target, signal)).rejects.toMatchObject({ code: error });
    }
  });

  it("What an object owns is deleted with it: a Job would leave its pods", async () => {
    const { cluster, server } = await trial(({ path: asked }) =>
      asked.endsWith("/batch/v1")
        ? { json: { resources: [{ kind: "Job", name: "jobs", namespaced: true }] } }
        : { json: {} },
    );
    await cluster.delete({ apiVersion: "batch/v1", kind: "Job", name: "a", namespace: "shop" }, signal);
    expect(server.requests.at(-1)).toMatchObject({
      method: "DELETE",
      path: "/apis/batch/v1/namespaces/shop/jobs/a",
      query: { propagationPolicy: "Background" },
    });
  });
});

describe("lists", () => {
  it("Lists are read page by page, each item with its kind", async () => {
    const { cluster, server } = await trial(({ query }) =>
      query["continue"] === "more"
        ? { json: { metadata: {}, items: [item("b")] } }
        : { json: { metadata: { continue: "more" }, items: [item("a")] } },
    );
    const pages = await collect(
      cluster.list({ ...pods, namespace: "shop", fieldSelector: "spec.nodeName=n1" }, signal),
    );
    expect(pages).toEqual([
      [{ ...item("a"), apiVersion: "v1", kind: "Pod" }],
      [{ ...item("b"), apiVersion: "v1", kind: "Pod" }],
    ]);
    const asked = { limit: "500", fieldSelector: "spec.nodeName=n1" };
    expect(server.requests.map(({ path, query }) => ({ path, query }))).toEqual([
      { path: "/api/v1/namespaces/shop/pods", query: asked },
      { path: "/api/v1/namespaces/shop/pods", query: { ...asked, continue: "more" } },
    ]);
  });

  it("Lists continue with the server's new token after theirs has expired, without repeating items", async () => {
    const { cluster } = await trial(({ query }) => {
      if (query["continue"] === undefined) return { json: { metadata: { continue: "old" }, items: [item("a")] } };
      if (query["continue"] === "old")
        return status(410, "too old", { reason: "Expired", metadata: { continue: "new" } });
      return { json: { metadata: {}, items: [item("b")] } };
    });
    const names = (await collect(cluster.list(pods, signal))).flat().map((pod) => pod.metadata.name);
    expect(names).toEqual(["a", "b"]);
  });

  it("Tables contain what kubectl prints, without the objects", async () => {
    const { cluster, server } = await trial(() => ({
      json: {
        kind: "Table",
        metadata: {},
        columnDefinitions: [{ name: "Name" }, { name: "Ready" }],
        rows: [{ cells: ["a", "1/1"], object: null }],
      },
    }));
    expect(await collect(cluster.table(pods, signal))).toEqual([{ columns: ["Name", "Ready"], rows: [["a", "1/1"]] }]);
    const [request] = server.requests;
    expect(request?.headers.accept).toBe("application/json;as=Table;v=v1;g=meta.k8s.io");
    expect(request?.query["includeObject"]).toBe("None");
  });
});

describe("discovery", () => {
  const widgets = {
    resources: [
      { name: "widgets", kind: "Widget", namespaced: true },
      { name: "widgets/status", kind: "Widget", namespaced: true },
    ],
  };
  const widget: KubeObject = {
    apiVersion: "acme.example/v1",
    kind: "Widget",
    metadata: { name: "w", namespace: "shop" },
  };

  it("Discovery requests a group once, however many of its kinds are looked up at the same time", async () => {
    const { cluster, server } = await trial(() => ({ json: widgets }));
    const kinds = ["Widget", "Widget", "Gadget"];
    const served = await Promise.all(kinds.map((kind) => cluster.serves("acme.example/v1", kind, signal)));
    expect(served).toEqual([true, true, false]);
    expect(server.requests).toHaveLength(1);
  });

  it("Discovery looks up a served kind once, and a missing one each time", async () => {
    let installed = false;
    const { cluster, server } = await trial(({ path }) => {
      if (path !== "/apis/acme.example/v1") return { json: widget };
      return installed ? { json: widgets } : status(404, "not found");
    });
    await expect(cluster.apply(widget, {}, signal)).rejects.toMatchObject({ code: "KUBE_KIND_NOT_SERVED" });
    expect(await cluster.serves("acme.example/v1", "Widget", signal)).toBe(false);
    installed = true;
    expect(await cluster.serves("acme.example/v1", "Widget", signal)).toBe(true);
    await cluster.apply(widget, { force: true, dryRun: true }, signal);
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /apis/acme.example/v1",
      "GET /apis/acme.example/v1",
      "GET /apis/acme.example/v1",
      "PATCH /apis/acme.example/v1/namespaces/shop/widgets/w",
    ]);
    const patch = server.requests.at(-1);
    expect(patch?.query).toMatchObject({ fieldManager: "gennet", force: "true", dryRun: "All" });
    expect(patch?.headers["content-type"]).toBe("application/apply-patch+yaml");
    expect(JSON.parse(patch?.body ?? "")).toEqual(widget);
  });
});

describe("an object that does not exist", () => {
  it("An object that does not exist is undefined when read, and no error when deleted", async () => {
    const { cluster, server } = await trial(() => status(404, "not found"));
    expect(await cluster.get(node, signal)).toBeUndefined();
    await cluster.delete({ apiVersion: "v1", kind: "Pod", name: "p" }, signal);
    expect(server.requests.map(({ path }) => path)).toEqual(["/api/v1/nodes/n1", "/api/v1/namespaces/default/pods/p"]);
  });
});

describe("changes to an existing object", () => {
  const widget: KubeObject = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", resourceVersion: "7" } };

  it("A changed object is only replaced in the version that was read; otherwise there is a conflict", async () => {
    const { cluster, server } = await trial(({ body }) => {
      const { metadata } = JSON.parse(body) as KubeObject;
      return metadata.resourceVersion === "7" ? { json: widget } : status(409, "the object has been modified");
    });
    expect(await cluster.replace(widget, signal)).toEqual(widget);
    const older = { ...widget, metadata: { ...widget.metadata, resourceVersion: "6" } };
    await expect(cluster.replace(older, signal)).rejects.toMatchObject({ code: "KUBE_CONFLICT" });
    expect(server.requests[0]).toMatchObject({
      method: "PUT",
      path: "/api/v1/namespaces/default/pods/p",
      query: { fieldManager: "gennet" },
    });
  });

  it.each([
    ["application/merge-patch+json", { merge: { metadata: { annotations: { a: null } } } }],
    ["application/json-patch+json", { json: [{ op: "test", path: "/metadata/resourceVersion", value: "7" }] }],
  ] satisfies [string, Patch][])("An object is patched as %s, also in a dry run", async (type, patch) => {
    const { cluster, server } = await trial(() => ({ json: widget }));
    const ref = { apiVersion: "v1", kind: "Pod", name: "p", namespace: "shop" };
    expect(await cluster.patch(ref, patch, { dryRun: true }, signal)).toEqual(widget);
    await cluster.patch(ref, patch, {}, signal);
    const [trialRun, real] = server.requests;
    expect(trialRun).toMatchObject({ method: "PATCH", path: "/api/v1/namespaces/shop/pods/p" });
    expect(trialRun?.headers["content-type"]).toBe(type);
    expect(JSON.parse(trialRun?.body ?? "")).toEqual(Object.values(patch)[0]);
    expect([trialRun, real].map((request) => request?.query["dryRun"])).toEqual(["All", undefined]);
  });
});

describe("errors", () => {
  it.each([
    [401, "Unauthorized", "KUBE_DENIED"],
    [403, 'pods is forbidden: User "jo" cannot list resource "pods"', "KUBE_DENIED"],
    [403, 'pods "p" is forbidden: exceeded quota: q', "KUBE_REJECTED"],
    [403, 'admission webhook "policy" denied the request', "KUBE_REJECTED"],
    [409, "Apply failed with 1 conflict", "KUBE_CONFLICT"],
    [422, "spec.replicas: Invalid value", "KUBE_REJECTED"],
    [500, "etcdserver: leader changed", "KUBE_FAILING"],
    [504, "the server was unable to return a response in time", "KUBE_TIMED_OUT"],
  ])("%i %s is %s", async (code, message, expected) => {
    const { cluster } = await trial(() => status(code, message));
    await expect(cluster.get(node, signal)).rejects.toMatchObject({
      code: expected,
      message: expect.stringContaining(message),
    });
  });

  it("Errors show the page of a proxy as text", async () => {
    const { cluster } = await trial(() => (response) => {
      response.writeHead(502, { "content-type": "text/html" }).end("<html><h1>Bad   Gateway</h1></html>");
    });
    await expect(cluster.version(signal)).rejects.toThrow("eu: read the version: Bad Gateway");
  });

  it("A response that is not from the API server is reported as such", async () => {
    const { cluster } = await trial(() => (response) => void response.writeHead(200).end("<h1>Please log in</h1>"));
    await expect(cluster.version(signal)).rejects.toMatchObject({
      code: "KUBE_FAILING",
      message: expect.stringContaining("Please log in"),
    });
  });

  it("A server that cannot be reached is reported as such", async () => {
    const { cluster, server } = await trial(() => ({ json: {} }));
    await server.close();
    await expect(cluster.version(signal)).rejects.toMatchObject({
      code: "KUBE_UNREACHABLE",
      message: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("A server that does not respond is distinguished from one that does not finish its response", async () => {
    const silent = await trial(() => () => undefined, { requestTimeoutMs: 50 });
    await expect(silent.cluster.version(signal)).rejects.toMatchObject({ code: "KUBE_UNREACHABLE" });
    const halting = await trial(() => (response) => void response.writeHead(200).write('{"gitVersion":'), {
      requestTimeoutMs: 1_000,
    });
    await expect(halting.cluster.version(signal)).rejects.toMatchObject({ code: "KUBE_TIMED_OUT" });
  });

  it("After an abort, the error is its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("Ctrl-C");
    const { cluster } = await trial(() => () => controller.abort(reason));
    await expect(cluster.version(controller.signal)).rejects.toBe(reason);
  });
});

describe("retries", () => {
  it("A request to a busy server is retried after the time that the server asks for, within the request time-out", async () => {
    let busy = 2;
    const { cluster, server } = await trial(() =>
      busy-- > 0
        ? { ...(status(429, "slow down") as object), json: {}, status: 429, headers: { "retry-after": "3" } }
        : { json: { gitVersion: "v1.37.2" } },
    );
    expect(await cluster.version(signal)).toBe("v1.37.2");
    expect(server.requests).toHaveLength(3);
  });

  it("Retries end with the request time-out", async () => {
    const { cluster, server } = await trial(() => ({
      status: 429,
      headers: { "retry-after": "4" },
      json: { message: "slow down" },
    }));
    await expect(cluster.version(signal)).rejects.toMatchObject({ code: "KUBE_FAILING" });
    expect(server.requests).toHaveLength(3);
  });

  it("A read is repeated if a kept-alive connection turns out to be closed, but never a write", async () => {
    let drop = false;
    const { cluster, server } = await trial(() => (response) => {
      if (drop) {
        drop = false;
        response.socket?.destroy();
      } else response.writeHead(200).end('{"gitVersion":"v1"}');
    });
    await cluster.version(signal);
    drop = true;
    expect(await cluster.version(signal)).toBe("v1");
    drop = true;
    const apply = cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } }, {}, signal);
    await expect(apply).rejects.toMatchObject({ code: "KUBE_UNREACHABLE" });
    expect(server.requests.map(({ method }) => method)).toEqual(["GET", "GET", "GET", "PATCH"]);
  });
});

describe("credentials", () => {
  it("Credentials that expire are fetched again after they are rejected, once for all requests", async () => {
    let made = 0;
    const { cluster, server } = await trial(
      ({ headers }) =>
        headers.authorization === "Bearer 2" ? { json: { gitVersion: "v1" } } : status(401, "Unauthorized"),
      { authorise: () => ({ headers: { authorization: `Bearer ${++made}` }, expires: Infinity }) },
    );
    expect(await Promise.all([cluster.version(signal), cluster.version(signal)])).toEqual(["v1", "v1"]);
    expect(made).toBe(2);
    expect(server.requests).toHaveLength(4);
  });

  it("Credentials that are rejected again, or do not change, are an error", async () => {
    let made = 0;
    const renewed = await trial(() => status(401, "Unauthorized"), {
      authorise: () => ({ headers: {}, expires: (made++, Infinity) }),
    });
    await expect(renewed.cluster.version(signal)).rejects.toMatchObject({ code: "KUBE_DENIED" });
    expect(made).toBe(2);
    const fixed = await trial(() => status(401, "Unauthorized"));
    await expect(fixed.cluster.version(signal)).rejects.toMatchObject({ code: "KUBE_DENIED" });
    expect(fixed.server.requests).toHaveLength(1);
  });
});
