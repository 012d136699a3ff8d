import { WebSocket } from "ws";
import { begun, BrokenConnection, type ExchangeOptions, type Opened } from "./exchange.ts";

/**
 * Asks for a WebSocket; answers what the server says where it does not agree. Throws BrokenConnection. It is paused
 * until its caller listens. An upgraded connection leaves the agent: what is forwarded takes no list's place.
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
    // The library does not tell whether the connection had served before: it is taken for one that had.
    socket.once("error", (error) => reject(new BrokenConnection(error, true)));
    socket.once("close", () => options.signal.removeEventListener("abort", abort));
    socket.once("open", () => {
      socket.pause();
      resolve(socket);
    });
    if (options.signal.aborted) abort();
  });
}
