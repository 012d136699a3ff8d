import { isIP } from "node:net";
import { Redis } from "ioredis";
import type { Attempt } from "../../core/probe.ts";
import type { StoreTarget } from "../store-login.ts";
import { troubleOfConnection } from "../trouble.ts";

/** Connects with TLS, logs in if there is a login, and sends a PING. */
export async function tryRedis({ host, port, login }: StoreTarget, signal: AbortSignal): Promise<Attempt> {
  const client = new Redis({
    host,
    port,
    ...(login === undefined ? {} : { username: login.username, password: login.password.reveal() }),
    tls: isIP(host) === 0 ? { servername: host } : {},
    lazyConnect: true,
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    // An ended connection is not waited for.
    disconnectTimeout: 100,
    disableClientInfo: true,
  });
  // The promises only report that the connection is closed; the event reports why.
  let why: unknown;
  client.on("error", (error) => (why ??= error));
  const stop = (): void => {
    why ??= Object.assign(new Error("aborted"), { code: "ABORT_ERR" });
    client.disconnect();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    signal.throwIfAborted();
    await client.connect();
    await client.ping();
    // A login that is wrong may still leave PING to the default user.
    if (why !== undefined) throw why;
    const done = login === undefined ? "answers without a login" : "accepts the login";
    return { outcome: "ok", summary: `Redis at ${host} ${done}` };
  } catch (error) {
    return troubleOfRedis(why ?? error, host, login !== undefined);
  } finally {
    signal.removeEventListener("abort", stop);
    client.disconnect();
  }
}

/** https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors */
function troubleOfRedis(error: unknown, host: string, hasLogin: boolean): Attempt {
  const { message } = error as Error;
  const [word = ""] = /^[A-Z]+(?= )/.exec(message) ?? [];
  if (word === "NOAUTH" && !hasLogin) {
    return { outcome: "ok", summary: `Redis at ${host} accepts TLS; nothing logged in` };
  }
  if (["NOAUTH", "WRONGPASS", "NOPERM"].includes(word)) {
    return { outcome: "failed", trouble: "denied", summary: `Redis rejects the login: ${word}` };
  }
  if (word !== "") return { outcome: "failed", trouble: "rejected", summary: `Redis rejects the session: ${word}` };
  if (message === "Connection is closed.") {
    return { outcome: "failed", trouble: "reset", summary: "the connection was closed without an answer" };
  }
  return troubleOfConnection(error);
}
