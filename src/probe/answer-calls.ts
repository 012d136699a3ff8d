import { once } from "node:events";
import { createServer } from "node:http";

/**
 * Answers every HTTP request on a port with 200, so that others find out whether they reach this pod. Ends only with the
 * signal, and throws its reason; throws the server's error if the port is not free.
 */
export async function answerCalls(port: number, signal: AbortSignal): Promise<never> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/plain", connection: "close" }).end("gennet\n");
  });
  server.listen(port);
  try {
    // An error of the server rejects it.
    await once(server, "close", { signal });
    throw new Error("the server closed by itself");
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    server.close();
    server.closeAllConnections();
  }
}
