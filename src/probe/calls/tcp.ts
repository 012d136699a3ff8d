import { once } from "node:events";
import { connect } from "node:net";
import type { Attempt } from "../../core/probe.ts";

/** Opens a connection and closes it. */
export async function tryTcp(host: string, port: number, signal: AbortSignal): Promise<Attempt> {
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal });
    return { outcome: "ok", summary: `${socket.remoteAddress} accepts connections` };
  } finally {
    socket.destroy();
  }
}
