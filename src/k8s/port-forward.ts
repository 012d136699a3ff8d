import type { RawData, WebSocket } from "ws";
import { answersTo, getsOf } from "./pipelined-gets.ts";
import type { PodAnswer, PodPort } from "./port.ts";

/**
 * Each port has two channels: one for data in both directions, one for errors. A message consists of the number of its
 * channel and bytes; the first message of each channel contains the number of the port instead.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/cri-streaming/pkg/streaming/portforward/websocket.go
 */
export const portForwardProtocol = "v4.channel.k8s.io";
const dataChannel = 0;

/** Envoy closes a connection with more than two unsent responses, to protect itself against floods of requests. */
const pipelined = 2;

/** `…/portforward?ports=15000`. */
export function portForwardPath({ namespace, name, port }: PodPort): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/portforward?ports=${port}`;
}

/**
 * GETs the paths over one connection. Throws an Error if the kubelet cannot reach the port, or if it does not speak
 * HTTP.
 */
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
      socket.once("close", () => reject(new Error("the connection closed before all responses arrived")));
      socket.once("error", reject);
      send(paths.slice(0, pipelined));
      socket.resume();
    });
  } finally {
    // The connection is no longer needed, so do not wait for the server to close it.
    socket.terminate();
  }
}
