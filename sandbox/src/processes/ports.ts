import { createServer } from "node:net";

/**
 * Below the ranges that Linux (32768) and macOS (49152) use for outgoing connections, so that a port stays free while
 * its owner is down.
 */
const first = 20_000;
const last = 32_700;

/** Picks loopback ports that nothing listens on and that are not in `taken`. They are not reserved. */
export async function freePorts(
  count: number,
  taken: ReadonlySet<number>,
  random: () => number = Math.random,
): Promise<number[]> {
  const found: number[] = [];
  let candidate = first + Math.floor(random() * (last - first));
  for (let tried = 0; found.length < count; tried++) {
    if (tried > last - first) throw new Error("this machine has no free ports left");
    candidate = candidate >= last ? first : candidate + 1;
    if (!taken.has(candidate) && (await isFree(candidate))) found.push(candidate);
  }
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
