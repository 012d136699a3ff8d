import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { memoryHost } from "../../../test/support/host.ts";
import { container } from "../../../test/support/trial-pod.ts";
import { perform, portOf } from "./handler.ts";
import type { Handler } from "./pod.ts";

let server: Server;
let port: number;
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.url} ${String(request.headers["x-one"])}`);
    // `/silent` never gets a response.
    if (request.url !== "/silent") response.writeHead(Number(request.url?.slice(1))).end("not to be read");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (handler: Handler, timeoutMs?: number) => {
  const of = { container: container("app", { ports: [{ name: "http", containerPort: port }] }), podIP: "127.0.0.1" };
  const { clock, signal } = memoryHost();
  return perform(handler, { ...of, shim: "/none", run: "/none" }, timeoutMs, clock, signal);
};

it("An HTTP probe succeeds for 2xx and 3xx, and reports any other status", async () => {
  const get = (path: string) => ask({ httpGet: { path, port: "http", httpHeaders: [{ name: "X-One", value: "1" }] } });
  expect([(await get("/200")).ok, (await get("/302")).ok]).toEqual([true, true]);
  expect(await get("/503")).toEqual({ ok: false, says: "HTTP probe failed with statuscode: 503" });
  expect(asked).toEqual(["/200 1", "/302 1", "/503 1"]);
});

it("A probe fails when its time is up", async () => {
  expect(await ask({ httpGet: { path: "/silent", port } }, 50)).toEqual({ ok: false, says: "no answer in time" });
});

it("Probes connect, run commands and sleep, and never throw", async () => {
  expect(await ask({ tcpSocket: { port } })).toMatchObject({ ok: true });
  expect(await ask({ tcpSocket: { port: "nowhere" } })).toMatchObject({
    ok: false,
    says: expect.stringContaining("nowhere"),
  });
  expect(await ask({ exec: { command: ["true"] } })).toMatchObject({
    ok: false,
    says: expect.stringContaining("ENOENT"),
  });
  expect(await ask({ sleep: { seconds: 5 } })).toMatchObject({ ok: true });
});

it("portOf accepts a number, a number as text, and the name of a port", () => {
  const ports = [{ name: "http", containerPort: 8000 }];
  expect([portOf(1, { ports }), portOf("2", { ports }), portOf("http", { ports })]).toEqual([1, 2, 8000]);
});
