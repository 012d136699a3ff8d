import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Attempt } from "../../core/probe.ts";
import type { StoreTarget } from "../store-login.ts";
import { authenticationMessages, hasAnswered, refusalIn } from "./bolt-login.ts";

/** Asks for Bolt 5.0 to 5.8, 4.2 to 4.4, 4.1, or 3. https://neo4j.com/docs/bolt/current/bolt/handshake/ */
const anyVersion = Buffer.from("6060b01700080805000204040000010400000003", "hex");
/** Asks for Bolt 5.1 to 5.8, which log in by the same message. */
const withLogon = Buffer.from("6060b01700070805000000000000000000000000", "hex");
const versionLength = 4;

/** Opens a connection, agrees on a version of Bolt, which Neo4j speaks, and logs in if there is a login. */
export async function tryNeo4j(target: StoreTarget, signal: AbortSignal): Promise<Attempt> {
  const { host, login } = target;
  const socket = addAbortSignal(signal, await opened(target, signal));
  const received = bytesOf(socket);
  try {
    socket.write(login === undefined ? anyVersion : withLogon);
    const [zero, range, minor, major] = await received((bytes) => bytes.length >= versionLength);
    if (zero !== 0 || range !== 0 || major === 0) {
      const what = login === undefined ? "Bolt" : "a version of Bolt from 5.1 to 5.8";
      return { outcome: "failed", trouble: "rejected", summary: `${host} does not speak ${what}` };
    }
    if (login === undefined) {
      return { outcome: "ok", summary: `Neo4j at ${host} speaks Bolt ${major}.${minor}; nothing logged in` };
    }
    socket.write(authenticationMessages(login.username, login.password.reveal()));
    const refusal = refusalIn((await received(hasAnswered)).subarray(versionLength));
    if (refusal === undefined) return { outcome: "ok", summary: `Neo4j at ${host} accepts the login` };
    const isDenied = refusal.includes(".Security.");
    return {
      outcome: "failed",
      trouble: isDenied ? "denied" : "rejected",
      summary: `Neo4j rejects the ${isDenied ? "login" : "session"}: ${refusal}`,
    };
  } finally {
    socket.destroy();
  }
}

async function opened({ host, port, tls }: StoreTarget, signal: AbortSignal): Promise<Socket> {
  if (tls !== true) {
    const socket = connect({ host, port });
    await once(socket, "connect", { signal });
    return socket;
  }
  const socket = connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}) });
  await once(socket, "secureConnect", { signal });
  return socket;
}

/** Returns a function that waits until what has been received is enough, and returns all of it. */
function bytesOf(socket: Socket): (isEnough: (bytes: Buffer) => boolean) => Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  const chunks = socket[Symbol.asyncIterator]();
  return async (isEnough) => {
    while (!isEnough(bytes)) {
      const { value, done } = (await chunks.next()) as IteratorResult<Buffer>;
      if (done === true) throw Object.assign(new Error("closed without an answer"), { code: "ECONNRESET" });
      bytes = Buffer.concat([bytes, value]);
    }
    return bytes;
  };
}
