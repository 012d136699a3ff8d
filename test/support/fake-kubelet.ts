import { spawn } from "node:child_process";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

export interface FakeKubelet {
  readonly url: string;
  /** Paths of the requested upgrades. */
  readonly upgrades: readonly string[];
  close(): Promise<void>;
}

interface Refusal {
  readonly status: number;
  readonly message: string;
}

/**
 * An API server for port-forward and exec only. Commands run on this machine; each channel pair of `v4.channel.k8s.io`
 * connects to `port` of this machine, whatever port was requested. `refuse` responds to an upgrade with a status
 * instead.
 */
export async function fakeKubelet(
  port: number,
  refuse: (path: string, authorization: string | undefined) => Refusal | undefined = () => undefined,
): Promise<FakeKubelet> {
  const upgrades: string[] = [];
  const server: Server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    const path = request.url ?? "";
    upgrades.push(path);
    const refusal = refuse(path, request.headers.authorization);
    if (refusal !== undefined) {
      const body = JSON.stringify({ kind: "Status", message: refusal.message });
      socket.end(`HTTP/1.1 ${refusal.status} Refused\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    const asked = new URL(path, "http://fake").searchParams.getAll("ports").map(Number);
    const command = new URL(path, "http://fake").searchParams.getAll("command");
    sockets.handleUpgrade(request, socket, head, (opened) =>
      command.length > 0 ? execute(opened, command) : forward(opened, asked, port),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upgrades,
    close: async () => {
      for (const each of sockets.clients) each.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Behaves like a kubelet, but on this machine: channels 0, 1 and 2 belong to the command, 3 reports its exit. */
function execute(socket: WebSocket, [program = "", ...argv]: readonly string[]): void {
  const child = spawn(program, argv, { env: { ...process.env, SECRET: "hunter2" } });
  const send = (channel: number, bytes: Buffer): void => socket.send(Buffer.concat([Buffer.of(channel), bytes]));
  const end = (status: object): void => send(3, Buffer.from(JSON.stringify(status)));
  child.stdout.on("data", (bytes: Buffer) => send(1, bytes));
  child.stderr.on("data", (bytes: Buffer) => send(2, bytes));
  child.on("error", ({ message }) => end({ status: "Failure", reason: "InternalError", message }));
  child.on("close", (code) => {
    if (child.pid === undefined) return;
    const causes = [{ reason: "ExitCode", message: String(code) }];
    end(code === 0 ? { status: "Success" } : { status: "Failure", reason: "NonZeroExitCode", details: { causes } });
  });
  child.stdin.on("error", () => undefined);
  socket.on("message", (message: Buffer) => message[0] === 0 && child.stdin.write(message.subarray(1)));
  socket.on("close", () => child.kill());
}

/** Behaves like a kubelet: both channels of a pair begin with the port, and the second one reports errors. */
function forward(socket: WebSocket, asked: readonly number[], port: number): void {
  const connections = asked.map((remote, at) => {
    const number = Buffer.alloc(2);
    number.writeUInt16LE(remote);
    const send = (channel: number, bytes: Buffer): void => socket.send(Buffer.concat([Buffer.of(channel), bytes]));
    send(at * 2, number);
    send(at * 2 + 1, number);
    const connection = connect(port, "127.0.0.1");
    connection.on("data", (bytes) => send(at * 2, bytes));
    connection.on("error", (error) => send(at * 2 + 1, Buffer.from(error.message)));
    return connection;
  });
  socket.on("message", (message: Buffer) => connections[(message[0] ?? 0) >> 1]?.write(message.subarray(1)));
  socket.on("close", () => {
    for (const connection of connections) connection.destroy();
  });
}
