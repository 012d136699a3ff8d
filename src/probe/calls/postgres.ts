import { once } from "node:events";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { Client } from "pg";
import type { Attempt } from "../../core/probe.ts";
import type { StoreTarget } from "../store-login.ts";
import { troubleOfConnection } from "../trouble.ts";

/** Logs in and runs `SELECT 1`; without a login, only negotiates TLS. */
export async function tryPostgres(target: StoreTarget, signal: AbortSignal): Promise<Attempt> {
  const { host, port, database, login } = target;
  if (login === undefined) return negotiate(host, port, signal);
  const client = new Client({
    host,
    port,
    database: database ?? "postgres",
    user: login.username,
    password: login.password.reveal(),
    ssl: { rejectUnauthorized: true },
    application_name: "gennet-probe",
  });
  // A connection that breaks later is no longer of interest.
  client.on("error", () => undefined);
  const stop = (): void => void client.end().catch(() => undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    await untilAborted(client.connect(), signal);
    await untilAborted(client.query("SELECT 1"), signal);
    return { outcome: "ok", summary: `PostgreSQL at ${host} accepts the login` };
  } catch (error) {
    return troubleOfLogin(error);
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}

function troubleOfLogin(error: unknown): Attempt {
  const { code = "", message } = error as NodeJS.ErrnoException;
  // https://www.postgresql.org/docs/current/errcodes-appendix.html
  if (/^(28|3D|42501)/.test(code)) {
    return { outcome: "failed", trouble: "denied", summary: `PostgreSQL rejects the login: SQLSTATE ${code}` };
  }
  if (/^[0-9A-Z]{5}$/.test(code) && !code.startsWith("E")) {
    return { outcome: "failed", trouble: "rejected", summary: `PostgreSQL rejects the session: SQLSTATE ${code}` };
  }
  if (message.includes("does not support SSL")) {
    return { outcome: "failed", trouble: "no-tls", summary: "the server does not speak TLS" };
  }
  if (message.startsWith("Connection terminated")) {
    return { outcome: "failed", trouble: "reset", summary: "the connection was closed without an answer" };
  }
  return troubleOfConnection(error);
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-SSLREQUEST */
const tlsRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Asks for TLS as a client does, and ends before a login: that would be a failed one in the server's log. */
async function negotiate(host: string, port: number, signal: AbortSignal): Promise<Attempt> {
  const socket: Socket = connect({ host, port });
  let encrypted: TLSSocket | undefined;
  try {
    await once(socket, "connect", { signal });
    socket.write(tlsRequest);
    const [answer] = (await Promise.race([once(socket, "data", { signal }), closed(socket, signal)])) as [Buffer];
    if (answer.toString("latin1") !== "S") {
      return { outcome: "failed", trouble: "no-tls", summary: "the server does not speak TLS as PostgreSQL does" };
    }
    socket.removeAllListeners("data");
    encrypted = connectTls({ socket, host, ...(isIP(host) === 0 ? { servername: host } : {}) });
    await once(encrypted, "secureConnect", { signal });
    return { outcome: "ok", summary: `PostgreSQL at ${host} accepts TLS; nothing logged in` };
  } finally {
    encrypted?.destroy();
    socket.destroy();
  }
}

async function closed(socket: Socket, signal: AbortSignal): Promise<never> {
  await once(socket, "close", { signal });
  throw Object.assign(new Error("closed"), { code: "ECONNRESET" });
}

/** The driver has no signal: ending the client may leave its promise pending. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined);
  const aborted = new Promise<never>((_resolve, reject) => {
    const fail = (): void => reject(Object.assign(new Error("aborted"), { code: "ABORT_ERR" }));
    if (signal.aborted) fail();
    else signal.addEventListener("abort", fail, { once: true });
  });
  return Promise.race([work, aborted]);
}
