import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { argv } from "node:process";

/**
 * The same cluster at a distance: no region of AWS is on this machine. Every byte to and from the API server takes half of
 * a round trip.
 * @param {string} kubeconfig
 * @param {number} roundTripMs
 * @returns {Promise<{ kubeconfig: string, end: () => void }>} a kubeconfig beside the given one
 */
export async function distant(kubeconfig, roundTripMs) {
  const text = readFileSync(kubeconfig, "utf8");
  const server = /"?server"?: ['"]?(https:\/\/127\.0\.0\.1:(\d+))/.exec(text);
  if (server === null) throw new Error(`${kubeconfig} names no API server on this machine`);
  const [, url, port] = server;
  // Its own process: it would wait for what it measures.
  const proxy = spawn(process.execPath, [import.meta.filename, port, String(roundTripMs / 2)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [told] = await once(proxy.stdout, "data");
  const copy = `${kubeconfig}.distant`;
  writeFileSync(copy, text.replaceAll(url, `https://127.0.0.1:${String(told).trim()}`), { mode: 0o600 });
  return { kubeconfig: copy, end: () => proxy.kill() };
}

if (argv[1] === import.meta.filename) {
  const [port, delayMs] = argv.slice(2).map(Number);
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    // To connect takes a round trip, before which nothing is sent.
    setTimeout(() => {
      const far = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
      later(near, far, delayMs);
      later(far, near, delayMs);
      near.on("error", () => far.destroy());
      far.on("error", () => near.destroy());
    }, delayMs * 2);
  });
  server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
}

/** Passes on what comes, and the end of it, each after the delay. */
function later(from, to, delayMs) {
  from.on("data", (chunk) => setTimeout(() => to.write(chunk), delayMs));
  from.on("end", () => setTimeout(() => to.end(), delayMs));
}
