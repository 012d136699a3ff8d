import { WebSocket } from "ws";
import { begun, BrokenConnection, type ExchangeOptions, type Opened } from "./exchange.ts";

/**
 * Opens a WebSocket, or returns the response of a server that declines it. Throws BrokenConnection. The socket is
 * paused until its caller listens. An upgraded connection leaves the agent, so that it does not count towards the
 * maximum number of connections.
 */
export function openSocket(address: URL, protocol: string, options: ExchangeOptions): Promise<WebSocket | Opened> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(address, protocol, {
      agent: options.agent,
      headers: { "user-agent": "gennet", ...options.headers },
      perMessageDeflate: false,
    });
    const abort = (): void => socket.terminate();
    options.signal.addEventListener("abort", abort, { once: true });
    socket.once("unexpected-response", (_request, incoming) => resolve(begun(incoming)));
    // The library does not report whether the connection was reused, so assume that it was.
    socket.once("error", (error) => reject(new BrokenConnection(error, true)));
    socket.once("close", () => options.signal.removeEventListener("abort", abort));
    socket.once("open", () => {
      socket.pause();
      resolve(socket);
    });
    if (options.signal.aborted) abort();
  });
}
