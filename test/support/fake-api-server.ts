import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export type Answer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly json: unknown }
  /** Handles the response itself, for example without an answer, or with half of one. */
  | ((response: ServerResponse) => void);

export interface FakeApiServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  close(): Promise<void>;
}

/** An HTTP server on loopback that returns scripted answers, and records the requests. */
export async function fakeApiServer(answer: (request: ReceivedRequest) => Answer): Promise<FakeApiServer> {
  const requests: ReceivedRequest[] = [];
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? "/", "http://fake");
    let body = "";
    for await (const chunk of incoming) body += String(chunk);
    const request: ReceivedRequest = {
      method: incoming.method ?? "",
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: incoming.headers,
      body,
    };
    requests.push(request);
    const scripted = answer(request);
    if (typeof scripted === "function") return scripted(response);
    response.writeHead(scripted.status ?? 200, { "content-type": "application/json", ...scripted.headers });
    response.end(JSON.stringify(scripted.json));
  };
  const server = createServer((incoming, response) => void serve(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Returns a failure in the API server's format. */
export function status(code: number, message: string, more: Readonly<Record<string, unknown>> = {}): Answer {
  return { status: code, json: { kind: "Status", apiVersion: "v1", status: "Failure", code, message, ...more } };
}
