import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { isReady } from "./http.ts";

const { signal } = new AbortController();
let server: Server | undefined;
afterEach(() => new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve))));

async function listen(made: Server): Promise<number> {
  server = made;
  await once(made.listen(0, "127.0.0.1"), "listening");
  return (made.address() as AddressInfo).port;
}

describe("isReady", () => {
  it.each([
    [200, true],
    [503, false],
  ])("Readiness of a server that responds with HTTP status %s: %s", async (status, ready) => {
    const port = await listen(createHttpServer((_request, response) => response.writeHead(status).end()));
    expect(await isReady({ url: `http://127.0.0.1:${port}/` }, signal)).toBe(ready);
  });

  it("A server without HTTP is ready when it accepts connections", async () => {
    const port = await listen(createServer((socket) => socket.destroy()));
    expect(await isReady({ url: `tcp://127.0.0.1:${port}` }, signal)).toBe(true);
    server?.close();
    await once(server as Server, "close");
    server = undefined;
    expect(await isReady({ url: `tcp://127.0.0.1:${port}` }, signal)).toBe(false);
  });

  it.each([
    ["hello\n", true],
    ["not yet\n", false],
    [undefined, false],
  ])("Readiness of a server that greets with %j instead of hello: %s", async (greeting, ready) => {
    const port = await listen(
      createServer((socket) =>
        socket.once("data", (said) => socket.end(greeting === undefined ? "" : `${greeting}${said.toString()}`)),
      ),
    );
    const probe = { url: `tcp://127.0.0.1:${port}`, says: "who is there", expects: /^hello/ };
    expect(await isReady(probe, signal)).toBe(ready);
  });

  it("A server is not ready before the expected text is in its log", async () => {
    const port = await listen(createServer((socket) => socket.destroy()));
    const file = join(await mkdtemp(join(tmpdir(), "gennet-log-")), "log");
    const probe = { url: `tcp://127.0.0.1:${port}`, logged: { file, text: "is ready" } };
    expect(await isReady(probe, signal)).toBe(false);
    await writeFile(file, "starts\n");
    expect(await isReady(probe, signal)).toBe(false);
    await writeFile(file, "starts\nit is ready\n");
    expect(await isReady(probe, signal)).toBe(true);
    await rm(dirname(file), { recursive: true });
  });
});
