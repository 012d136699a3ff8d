import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { answerCalls } from "./answer-calls.ts";

/** Returns a port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

it("Calls are answered until the signal ends it", async () => {
  const port = await freePort();
  const stop = new AbortController();
  const answering = answerCalls(port, stop.signal);
  answering.catch(() => undefined);
  const ask = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/any`)).status;
  await expect.poll(() => ask().catch(() => "none")).toBe(200);
  stop.abort(new Error("stopped"));
  await expect(answering).rejects.toThrow("stopped");
  await expect(ask()).rejects.toThrow("fetch failed");
});

it("A port that is taken is an error", async () => {
  const taken = createServer().listen(0);
  await once(taken, "listening");
  const { port } = taken.address() as { port: number };
  await expect(answerCalls(port, new AbortController().signal)).rejects.toMatchObject({ code: "EADDRINUSE" });
  taken.close();
});
