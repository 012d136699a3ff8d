import type { RawData, WebSocket } from "ws";
import type { ExecResult, PodContainer } from "./port.ts";

/**
 * A message consists of the number of its channel and bytes: 0 standard input, 1 standard output, 2 standard error, 3
 * how the command ended.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
export const execProtocol = "v4.channel.k8s.io";

interface ExecStatus {
  readonly status?: string;
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] };
}

export function execPath({ namespace, name, container }: PodContainer, argv: readonly string[]): string {
  const search = new URLSearchParams({ container, stdin: "true", stdout: "true", stderr: "true" });
  for (const word of argv) search.append("command", word);
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/exec?${search.toString()}`;
}

/** Sends the input to the command, and reads its output until it ends. */
export function runThrough(socket: WebSocket, input: string): Promise<ExecResult> {
  const stdout: Buffer[] = [];
  let status: ExecStatus = {};
  return new Promise((resolve, reject) => {
    socket.on("message", (data: RawData) => {
      const message = data as Buffer;
      if (message[0] === 1) stdout.push(message.subarray(1));
      if (message[0] !== 3) return;
      status = JSON.parse(message.subarray(1).toString("utf8")) as ExecStatus;
      socket.close();
    });
    socket.once("error", reject);
    socket.once("close", () => resolve({ stdout: Buffer.concat(stdout).toString("utf8"), exitCode: exitCode(status) }));
    socket.send(Buffer.concat([Buffer.of(0), Buffer.from(input)]), (error) => {
      if (error) reject(error);
    });
    socket.resume();
  });
}

/** Returns undefined if the command did not start, or the connection closed before it ended. */
function exitCode({ status, details }: ExecStatus): number | undefined {
  if (status === "Success") return 0;
  const code = details?.causes?.find((cause) => cause.reason === "ExitCode")?.message;
  return code === undefined ? undefined : Number(code);
}
