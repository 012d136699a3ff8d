import type { RawData, WebSocket } from "ws";
import { answersTo, getsOf } from "./pipelined-gets.ts";
import type { PodAnswer, PodPort } from "./port.ts";

/**
 * Two channels for the port: what goes to and comes from it, and why it could not be reached. A message is the channel's
 * number and its bytes; the first one of each channel says the port's number instead.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/cri-streaming/pkg/streaming/portforward/websocket.go
 */
export const portForwardProtocol = "v4.channel.k8s.io";
const dataChannel = 0;

/** Envoy closes a connection on which more than two answers wait to be sent, so that none can be flooded with requests. */
const pipelined = 2;

/** `…/portforward?ports=15000`. */
export function portForwardPath({ namespace, name, port }: PodPort): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/portforward?ports=${port}`;
}

/** GETs the paths over one connection. Throws Error where the kubelet cannot reach the port, or no HTTP comes from it. */
export async function askThrough(socket: WebSocket, paths: readonly string[]): Promise<readonly PodAnswer[]> {
  try {
    return await new Promise((resolve, reject) => {
      const answers: PodAnswer[] = [];
      const send = (asked: readonly string[]): void => {
        if (asked.length > 0) socket.send(Buffer.concat([Buffer.of(dataChannel), Buffer.from(getsOf(asked))]));
      };
      const take = answersTo((answer) => {
        const next = answers.push(answer) + pipelined - 1;
        send(paths.slice(next, next + 1));
        if (answers.length === paths.length) resolve(answers);
      });
      const begun = new Set<number>();
      socket.on("message", (data: RawData) => {
        const message = data as Buffer;
        const channel = message.readUInt8();
        const bytes = message.subarray(begun.has(channel) ? 1 : 3);
        begun.add(channel);
        if (bytes.length === 0) return;
        if (channel !== dataChannel) return reject(new Error(bytes.toString("utf8").trim()));
        try {
          take(bytes);
        } catch (error) {
          reject(error);
        }
      });
      socket.once("close", () => reject(new Error("the connection ended before everything was answered")));
      socket.once("error", reject);
      send(paths.slice(0, pipelined));
      socket.resume();
    });
  } finally {
    // A server that waits for our half of the closing holds nothing that is needed.
    socket.terminate();
  }
}
