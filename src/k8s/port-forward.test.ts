import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type FakeKubelet, fakeKubelet } from "../../test/support/fake-kubelet.ts";
import { realClock } from "../../test/support/real-clock.ts";
import type { Access } from "./access.ts";
import { createCluster } from "./cluster.ts";
import { createTransport } from "./transport.ts";
import { Agent } from "node:http";

const { signal } = new AbortController();
const pod = { namespace: "shop", name: "orders-1", port: 15_000 };
const leave: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(leave.splice(0).map((each) => each()));
});

/** What runs in the pod: it answers each path with the path, `/big` with a megabyte, `/never` with nothing. */
async function inPod(): Promise<number> {
  const server: Server = createServer((request, response) => {
    if (request.url === "/never") return;
    response.end(request.url === "/big" ? "x".repeat(1 << 20) : `${request.headers.host} ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  leave.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

function clusterOf(kubelet: FakeKubelet, more: Partial<Access> = {}, requestTimeoutMs = 10_000) {
  leave.push(() => kubelet.close());
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  const access: Access = { server: new URL(kubelet.url), authorise: async () => ({ agent, headers: {} }), ...more };
  const transport = createTransport(access, { cluster: "eu", requestTimeoutMs, clock: realClock });
  return createCluster({ name: "eu", kubectl: "kubectl --context eu" }, transport, realClock);
}

describe("a port of a pod", () => {
  it("A port of a pod answers several paths over one port-forward, in their order, even large ones", async () => {
    const kubelet = await fakeKubelet(await inPod());
    const answers = await clusterOf(kubelet).askPod(pod, ["/a", "/big", "/b"], signal);
    expect(answers.map(({ status, body }) => [status, body.length])).toEqual([
      [200, 12],
      [200, 1 << 20],
      [200, 12],
    ]);
    expect(answers[0]?.body).toBe("localhost /a");
    expect(Math.abs((answers[0]?.now ?? 0) - Date.now())).toBeLessThan(60_000);
    expect(kubelet.upgrades).toEqual(["/api/v1/namespaces/shop/pods/orders-1/portforward?ports=15000"]);
  });

  it("Two paths are requested at a time, because Envoy closes a connection with more", async () => {
    let waiting = 0;
    let most = 0;
    const server = createTcpServer((socket) => {
      socket.on("data", (bytes) => {
        waiting += bytes.toString().split("GET ").length - 1;
        most = Math.max(most, waiting);
        setImmediate(() => {
          for (; waiting > 0; waiting--) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx");
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    leave.push(() => new Promise((resolve) => server.close(resolve)));
    const kubelet = await fakeKubelet((server.address() as AddressInfo).port);
    const answers = await clusterOf(kubelet).askPod(pod, ["/a", "/b", "/c", "/d", "/e"], signal);
    expect([answers.length, most]).toEqual([5, 2]);
  });

  it("There may be more port-forwards at once than connections of the agent", async () => {
    const cluster = clusterOf(await fakeKubelet(await inPod()));
    const answers = await Promise.all(Array.from({ length: 20 }, () => cluster.askPod(pod, ["/a"], signal)));
    expect(answers.flat().map(({ body }) => body)).toEqual(Array.from({ length: 20 }, () => "localhost /a"));
  });

  it("A port on which nothing listens cannot be reached, with the kubelet's message", async () => {
    const unused = await inPod();
    await Promise.all(leave.splice(0).map((each) => each()));
    const asked = clusterOf(await fakeKubelet(unused)).askPod(pod, ["/a"], signal);
    await expect(asked).rejects.toMatchObject({
      code: "KUBE_FORWARD_FAILED",
      message: expect.stringMatching(/port 15000 of pod shop\/orders-1 cannot be reached: .*ECONNREFUSED/) as string,
    });
  });

  it.each([
    [404, "pods not found", "KUBE_FORWARD_FAILED"],
    [403, "a webhook denied the request", "KUBE_FORWARD_FAILED"],
    [403, 'User "a" cannot get resource "pods/portforward"', "KUBE_DENIED"],
    [403, 'pods "orders-1" is forbidden: ', "KUBE_DENIED"],
    [403, 'pods "orders-1" is forbidden: exceeded quota', "KUBE_FORWARD_FAILED"],
    [401, "Unauthorized", "KUBE_DENIED"],
    [503, "the kubelet is away", "KUBE_FAILING"],
  ])("A port-forward that the API server refuses with %i (%s) is %s", async (status, message, code) => {
    const kubelet = await fakeKubelet(1, () => ({ status, message }));
    await expect(clusterOf(kubelet).askPod(pod, ["/a"], signal)).rejects.toMatchObject({ code });
  });

  it.each([
    ['pods "orders-1" is forbidden: User "a" cannot create resource "pods/portforward" in API group ""', "create"],
    ['pods "orders-1" is forbidden: User "a" cannot get resource "pods/portforward" in API group ""', "get"],
    ['pods "orders-1" is forbidden: ', "create"],
  ])(
    "A port-forward that the API server refuses with %s names the missing permission, and the command that checks it",
    async (message, verb) => {
      const kubelet = await fakeKubelet(1, () => ({ status: 403, message }));
      await expect(clusterOf(kubelet).askPod(pod, ["/a"], signal)).rejects.toMatchObject({
        message: `eu: not allowed to forward ports of pods in namespace shop: permission to ${verb} pods/portforward is missing.`,
        next: [`kubectl --context eu auth can-i ${verb} pods --subresource=portforward -n shop`],
      });
    },
  );

  it("A port is asked again with a new credential if the old one is rejected", async () => {
    let given = 0;
    const agent = new Agent();
    const kubelet = await fakeKubelet(await inPod(), (_path, authorization) =>
      authorization === "Bearer 2" ? undefined : { status: 401, message: "Unauthorized" },
    );
    const authorise = async () => ({ agent, headers: { authorization: `Bearer ${++given}` }, expires: Infinity });
    expect((await clusterOf(kubelet, { authorise }).askPod(pod, ["/a"], signal)).length).toBe(1);
  });

  it("A port that does not answer is given up after the request time-out", async () => {
    const cluster = clusterOf(await fakeKubelet(await inPod()), {}, 200);
    await expect(cluster.askPod(pod, ["/a", "/never"], signal)).rejects.toMatchObject({
      code: "KUBE_TIMED_OUT",
      message: "eu: port 15000 of pod shop/orders-1 did not answer within the request time-out.",
    });
  });

  it("The connection to a port is closed immediately when the command is stopped", async () => {
    const cluster = clusterOf(await fakeKubelet(await inPod()));
    const stop = new AbortController();
    const asked = cluster.askPod(pod, ["/never"], stop.signal);
    const reason = new Error("stopped");
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });
});
