import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { memoryHost } from "../../../test/support/host.ts";
import { container } from "../../../test/support/trial-pod.ts";
import type { Container } from "./pod.ts";
import { startProber } from "./prober.ts";

let server: Server;
/** The responses of each path, in order; after the last one, the run ends. */
let answers: Record<string, number[]>;
let over: AbortController;
beforeEach(async () => {
  over = new AbortController();
  server = createServer((request, response) => {
    const left = answers[request.url ?? ""] ?? [];
    response.writeHead(left.shift() ?? 200).end();
    if (left.length === 0) over.abort();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterEach(() => server.close());

/** Returns the events while a container is probed, each with the seconds since its start. */
async function heard(fields: Partial<Container>, wasReady = false): Promise<readonly string[]> {
  const { clock } = memoryHost({ now: 0 });
  const lines: string[] = [];
  const hear = (what: string): void => void lines.push(`${Math.round(clock.now() / 1_000)}: ${what}`);
  const target = () => ({ container: container("app"), podIP: "127.0.0.1", shim: "/none", run: "/none" });
  const ended = new Promise<void>((resolve) => over.signal.addEventListener("abort", () => resolve()));
  startProber(
    container("app", fields),
    { target, clock, signal: over.signal, startedAt: 0, wasReady },
    {
      started: () => hear("started"),
      ready: (now) => hear(now ? "ready" : "not ready"),
      unhealthy: (kind) => hear(`${kind} unhealthy`),
      failed: (probe) => hear(`${probe} failed`),
    },
  );
  await ended;
  return lines;
}

const get = (path: string) => ({ httpGet: { path, port: (server.address() as AddressInfo).port } });

it("A container is ready immediately without probes, and otherwise only after its readiness probe", async () => {
  answers = { "/r": [503, 200, 503, 503, 200] };
  const readinessProbe = { ...get("/r"), periodSeconds: 5, failureThreshold: 2 };
  expect(await heard({ readinessProbe })).toEqual([
    "0: started",
    "0: not ready",
    "0: Readiness unhealthy",
    "5: ready",
    "10: Readiness unhealthy",
    "15: not ready",
  ]);
});

it("Other probes start after the startup probe has passed", async () => {
  answers = { "/s": [503, 503, 200, 0], "/r": [200, 503] };
  const startupProbe = { ...get("/s"), periodSeconds: 1, failureThreshold: 3, initialDelaySeconds: 2 };
  expect(await heard({ startupProbe, readinessProbe: { ...get("/r"), failureThreshold: 1 } })).toEqual([
    "2: Startup unhealthy",
    "4: started",
    "4: not ready",
    "4: ready",
  ]);
});

it("A container is restarted when its liveness probe reaches its failure threshold", async () => {
  answers = { "/l": [200, 503, 503, 503, 0] };
  const livenessProbe = { ...get("/l"), periodSeconds: 10 };
  const lines = heard({ livenessProbe });
  await expect.poll(() => answers["/l"]).toEqual([0]);
  over.abort();
  expect(await lines).toEqual(["0: started", "0: ready", "20: Liveness unhealthy", "40: livenessProbe failed"]);
});

it("A container that was ready stays ready until a probe fails", async () => {
  answers = { "/s": [503], "/r": [503, 200] };
  const probes = { startupProbe: get("/s"), readinessProbe: { ...get("/r"), failureThreshold: 1 } };
  expect(await heard(probes, true)).toEqual(["0: started", "0: ready", "0: Readiness unhealthy", "0: not ready"]);
  expect(answers["/s"]).toEqual([503]);
});
