import { request as httpRequest } from "node:http";
import { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import type { PodAnswer } from "./port.ts";

/**
 * Two channels for each port: what goes to and comes from the port, and why it could not be reached. A message is the
 * channel's number and its bytes; the first one of each channel says the port's number instead.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/cri-streaming/pkg/streaming/portforward/websocket.go
 */
export const portForwardProtocol = "v4.channel.k8s.io";

/** What the kubelet says about a port that it cannot reach. */
class ForwardFailed extends Error {}

/** `…/portforward?ports=15000&ports=15000`: a connection to the port for each path. */
export function portForwardPath(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  port: number,
  connections: number,
): string {
  const ports = Array.from({ length: connections }, () => `ports=${port}`).join("&");
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/portforward?${ports}`;
}

/** Asks for the paths over one forward, each over a connection of its own. Throws ForwardFailed. */
export async function askThrough(
  socket: WebSocket,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<PodAnswer[]> {
  const connections = connectionsOf(socket, paths.length);
  try {
    return await Promise.all(paths.map((path, at) => ask(connections[at] as Duplex, path, signal)));
  } finally {
    // A server that waits for our half of the closing holds nothing that is needed.
    socket.terminate();
  }
}

function connectionsOf(socket: WebSocket, count: number): Duplex[] {
  const begun = new Set<number>();
  const connections = Array.from(
    { length: count },
    (_, at) =>
      new Duplex({
        read: () => undefined,
        write: (chunk: Buffer, _encoding, done) =>
          socket.send(Buffer.concat([Buffer.of(at * 2), chunk]), (error) => done(error)),
      }),
  );
  socket.on("message", (data: RawData) => {
    const message = data as Buffer;
    const channel = message[0] ?? 0;
    const connection = connections[channel >> 1];
    const isFirst = !begun.has(channel);
    begun.add(channel);
    const bytes = message.subarray(isFirst ? 3 : 1);
    if (bytes.length === 0 || connection === undefined) return;
    if (channel % 2 === 0) connection.push(bytes);
    else connection.destroy(new ForwardFailed(bytes.toString("utf8").trim()));
  });
  const end = (error?: Error): void => {
    for (const connection of connections) {
      if (error === undefined) connection.push(null);
      else connection.destroy(error);
    }
  };
  socket.once("close", () => end());
  socket.once("error", end);
  socket.resume();
  return connections;
}

function ask(connection: Duplex, path: string, signal: AbortSignal): Promise<PodAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      { path, signal, createConnection: () => connection, headers: { host: "localhost", connection: "close" } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () => {
          const { date } = incoming.headers;
          resolve({
            status: incoming.statusCode ?? 0,
            body: Buffer.concat(chunks).toString("utf8"),
            ...(date === undefined ? {} : { now: Date.parse(date) }),
          });
        });
      },
    );
    outgoing.on("error", reject);
    outgoing.end();
  });
}
