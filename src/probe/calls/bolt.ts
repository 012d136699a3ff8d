import { once } from "node:events";
import { connect } from "node:net";
import { addAbortSignal } from "node:stream";
import type { Attempt } from "../../core/probe.ts";

/** Asks for Bolt 5.0 to 5.8, 4.2 to 4.4, 4.1, or 3. https://neo4j.com/docs/bolt/current/bolt/handshake/ */
const handshake = Buffer.from("6060b01700080805000204040000010400000003", "hex");
const answerLength = 4;

/** Opens a connection and agrees on a version of Bolt, which Neo4j speaks. Nothing logs in, and there is no TLS. */
export async function tryBolt(host: string, port: number, signal: AbortSignal): Promise<Attempt> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal });
    addAbortSignal(signal, socket).write(handshake);
    const [zero, range, minor, major] = await firstBytes(socket);
    if (zero !== 0 || range !== 0 || major === 0) {
      return { outcome: "failed", trouble: "rejected", summary: `${host} does not speak Bolt` };
    }
    return { outcome: "ok", summary: `Neo4j at ${host} speaks Bolt ${major}.${minor}; nothing logged in` };
  } finally {
    socket.destroy();
  }
}

async function firstBytes(socket: AsyncIterable<Buffer>): Promise<Buffer> {
  let answer = Buffer.alloc(0);
  for await (const chunk of socket) {
    answer = Buffer.concat([answer, chunk]);
    if (answer.length >= answerLength) return answer;
  }
  throw Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" });
}
