import { Agent } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type Answer, type FakeApiServer, fakeApiServer, status } from "../../test/support/fake-api-server.ts";
import { memoryHost } from "../../test/support/host.ts";
import { answersInTurn } from "../../test/support/must-be-used.ts";
import { createCluster } from "./cluster.ts";
import type { Cluster, WatchEvent } from "./port.ts";
import { createTransport } from "./transport.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";

const pods = { apiVersion: "v1", kind: "Pod", namespace: "shop", labelSelector: "app=web" };
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const item = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } });
const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
const list = (resourceVersion: string, ...items: object[]): Answer => ({
  json: { metadata: { resourceVersion }, items },
});
/** One turn of a watch, which the server ends. */
const turn =
  (...chunks: string[]): Answer =>
  (response) => {
    response.writeHead(200);
    for (const chunk of chunks) response.write(chunk);
    response.end();
  };

interface Trial {
  readonly cluster: Cluster;
  readonly server: FakeApiServer;
  /** What each list and watch asked for: `list`, `watch 5`. */
  asked(): readonly string[];
}

/** The server gives one answer after the other. */
async function trial(...answers: Answer[]): Promise<Trial> {
  const silence: Answer = () => undefined;
  const server = await fakeApiServer(answersInTurn("answers of the API server", answers, () => silence));
  const agent = new Agent({ keepAlive: true });
  const { clock } = memoryHost();
  const access = { server: new URL(server.url), authorise: async () => ({ agent, headers: {} }) };
  const cluster = createCluster(
    { name: "eu", kubectl: "kubectl --context eu" },
    createTransport(access, { cluster: "eu", requestTimeoutMs: 5_000, clock }),
    clock,
  );
  closers.push(() => cluster.close(), server.close);
  const asked = () =>
    server.requests.map(({ query }) => (query["watch"] === "true" ? `watch ${query["resourceVersion"]}` : "list"));
  return { cluster, server, asked };
}

const told = (event: WatchEvent<KubeObject>): string => {
  if (event.type === "listed") return `listed ${event.objects.map((each) => each.metadata.name).join()}`;
  return event.type === "interrupted"
    ? `interrupted ${event.error.code}`
    : `${event.type} ${event.object.metadata.name}`;
};

async function first(count: number, { cluster }: Trial): Promise<string[]> {
  const heard: string[] = [];
  for await (const event of cluster.watch(pods, new AbortController().signal)) {
    heard.push(told(event));
    if (heard.length === count) break;
  }
  return heard;
}

describe("a watch", () => {
  it("A watch returns a list of all pages, then every change to the selected objects", async () => {
    const watching = await trial(
      { json: { metadata: { resourceVersion: "5", continue: "more" }, items: [item("a", "1")] } },
      list("5", item("b", "2")),
      turn(line("ADDED", item("c", "6")) + line("MODIFIED", item("a", "7")), line("DELETED", item("b", "8"))),
    );
    expect(await first(4, watching)).toEqual(["listed a,b", "changed c", "changed a", "deleted b"]);
    const [page, , watch] = watching.server.requests;
    expect(page?.path).toBe("/api/v1/namespaces/shop/pods");
    expect(page?.query).toEqual({ limit: "500", labelSelector: "app=web" });
    expect(watch?.query).toEqual({
      watch: "true",
      labelSelector: "app=web",
      resourceVersion: "5",
      allowWatchBookmarks: "true",
      timeoutSeconds: "60",
    });
  });

  it("A watch adds the kind that lists omit", async () => {
    const { cluster } = await trial(list("5", item("a", "1")));
    const events = cluster.watch(pods, new AbortController().signal)[Symbol.asyncIterator]();
    const { value } = await events.next();
    expect(value).toMatchObject({ type: "listed", objects: [{ apiVersion: "v1", kind: "Pod" }] });
    await events.return?.();
  });

  it("A watch reassembles lines that arrive in pieces, even within a character", async () => {
    const text = Buffer.from(line("ADDED", item("ü", "6")));
    const cut = text.indexOf(0xbc);
    const { cluster } = await trial(list("5"), (response) => {
      response.writeHead(200);
      response.write(text.subarray(0, cut), () => response.end(text.subarray(cut)));
    });
    const events = cluster.watch(pods, new AbortController().signal)[Symbol.asyncIterator]();
    await events.next();
    expect(told((await events.next()).value)).toBe("changed ü");
    await events.return?.();
  });

  it("A watch resumes from the last version that it received, including bookmarks", async () => {
    const watching = await trial(
      list("5", item("a", "1")),
      turn(line("MODIFIED", item("a", "6"))),
      turn(line("BOOKMARK", item("", "9"))),
      turn(line("DELETED", item("a", "10"))),
    );
    expect(await first(3, watching)).toEqual(["listed a", "changed a", "deleted a"]);
    expect(watching.asked()).toEqual(["list", "watch 5", "watch 6", "watch 9"]);
  });

  it.each([
    ["in the stream", turn(line("ERROR", { kind: "Status", code: 410, message: "too old resource version" }))],
    ["as its answer", status(410, "Expired")],
  ])("A watch lists again after its version has expired, reported %s", async (_how, expired) => {
    const watching = await trial(list("5", item("a", "1")), expired, list("20", item("b", "19")));
    expect(await first(2, watching)).toEqual(["listed a", "listed b"]);
    expect(watching.asked()).toEqual(["list", "watch 5", "list"]);
  });

  it("A watch reports that it is interrupted, and continues", async () => {
    const watching = await trial(
      list("5"),
      (response) => {
        response.writeHead(200);
        response.write(line("ADDED", item("a", "6")), () => response.destroy());
      },
      status(503, "shutting down"),
      turn(line("ADDED", item("b", "7"))),
    );
    expect(await first(5, watching)).toEqual([
      "listed ",
      "changed a",
      "interrupted KUBE_UNREACHABLE",
      "interrupted KUBE_FAILING",
      "changed b",
    ]);
    expect(watching.asked()).toEqual(["list", "watch 5", "watch 6", "watch 6"]);
  });

  it.each([
    ["the list", [status(403, 'User "jo" cannot list resource "pods"')], []],
    ["what follows", [list("5"), status(403, 'User "jo" cannot watch resource "pods"')], ["listed "]],
  ])("A watch ends if %s is not allowed", async (_what, answers, before) => {
    const { cluster } = await trial(...answers);
    const heard: string[] = [];
    const watch = async (): Promise<void> => {
      for await (const event of cluster.watch(pods, new AbortController().signal)) heard.push(told(event));
    };
    await expect(watch()).rejects.toMatchObject({ code: "KUBE_DENIED" });
    expect(heard).toEqual(before);
  });

  it("An aborted watch throws the reason, and leaves no connection open", async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const controller = new AbortController();
    const { cluster } = await trial(list("5"), (response) => {
      response.on("close", closed).writeHead(200);
      response.write(line("ADDED", item("a", "6")));
    });
    const reason = new Error("Ctrl-C");
    const watch = async (): Promise<void> => {
      for await (const event of cluster.watch(pods, controller.signal)) {
        if (event.type === "changed") controller.abort(reason);
      }
    };
    await expect(watch()).rejects.toBe(reason);
    await gone;
  });

  it("A watch ends its request when the reader stops", async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => (closed = resolve));
    const watching = await trial(list("5"), (response) => {
      response.on("close", closed).writeHead(200);
      response.write(line("ADDED", item("a", "6")));
    });
    expect(await first(2, watching)).toHaveLength(2);
    await gone;
  });
});
