import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RunningCollector, startCollector } from "../support/collector.ts";
import { writePaidRoute } from "../support/paying-orders.ts";
import {
  freePort,
  type RunningService,
  type RunningStores,
  startService,
  startStores,
} from "../support/running-service.ts";
import { scaffolded } from "../support/scaffolded-service.ts";

interface Breaker {
  readonly target: string;
  readonly state: string;
  readonly retry_after_seconds: number;
}

const features = ["--features", "postgres,redis,neo4j"];
/** Longer than the checks with an open breaker take on a slow machine. */
const openSeconds = 15;

describe("two services with all features, one of which calls the other", () => {
  const orders = scaffolded("orders", ...features, "--depends-on", "payments");
  const payments = scaffolded("payments", ...features, "--called-by", "orders");
  let collector: RunningCollector;
  let stores: readonly [RunningStores, RunningStores];
  let port: number;
  let front: RunningService;
  let back: RunningService;

  const startPayments = (): Promise<RunningService> =>
    startService(payments, "payments", port, { ...stores[1].env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });

  beforeAll(async () => {
    await writePaidRoute(orders.path);
    collector = await startCollector();
    stores = await Promise.all([startStores(orders), startStores(payments)]);
    port = await freePort();
    back = await startPayments();
    front = await startService(orders, "orders", await freePort(), {
      ...stores[0].env,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      APP_PAYMENTS_URL: `http://127.0.0.1:${port}`,
      APP_CALLS__BREAKER__OPEN_SECONDS: String(openSeconds),
      APP_CALLS__BREAKER__JITTER: "0",
      APP_CALLS__BREAKER__CONSECUTIVE_FAILURES: "3",
      APP_CALLS__RETRIES__ATTEMPTS: "1",
    });
  }, 600_000);

  afterAll(async () => {
    await Promise.all([front?.stop(), back?.stop()]);
    await Promise.all(stores?.map(({ end }) => end()) ?? []);
    await collector?.stop();
  });

  const add = async (name: string): Promise<string> => {
    const answer = await fetch(`${back.url}/items`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name }),
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { id: string }).id;
  };
  const breaker = async (): Promise<Breaker> => {
    const { items } = (await (await fetch(`${front.url}/internal/breakers`)).json()) as { items: readonly Breaker[] };
    return items.find(({ target }) => target === "payments") as Breaker;
  };
  /** Returns how often the breaker entered a state, from its Prometheus metrics. */
  const transitions = async (to: string): Promise<number> => {
    const text = await (await fetch(`${front.url}/metrics`)).text();
    const line = new RegExp(`^gennet_circuit_breaker_transitions_total\\{[^}]*to="${to}"[^}]*\\} (.*)$`, "m");
    return Number(line.exec(text)?.[1]);
  };
  const paid = (id: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${front.url}/paid/${id}`, { headers });
  const hits = (): number =>
    back.log.filter(({ event, path }) => event === "request" && /^\/items\/[^/]+$/.test(String(path))).length;

  it("Two services pass one trace to a real collector, with a span for every store", async () => {
    const id = await add("traced");
    const trace = "0af7651916cd43dd8448eb211c80319c";
    const answer = await paid(id, { traceparent: `00-${trace}-b7ad6b7169203331-01` });
    expect(answer.status).toBe(200);

    const names = (): readonly string[] =>
      collector
        .spans()
        .filter((span) => span.traceId === trace)
        .map((span) => `${span.service} ${span.name}`);
    const expected = ["orders GET /paid/{item_id}", "orders GET", "payments GET /items/{item_id}"];
    const stores = ["payments SELECT items", "payments SET", "payments MATCH neo4j"];
    await expect.poll(names, { timeout: 30_000 }).toEqual(expect.arrayContaining([...expected, ...stores]));
    expect(front.log.filter((line) => line["trace_id"] === trace).map(({ event }) => event)).toContain("request");
    expect(back.log.filter((line) => line["trace_id"] === trace).map(({ event }) => event)).toContain("request");
  });

  it("Two services separate when the second stops: its breaker opens, calls are rejected, and one probe closes it", async () => {
    const id = await add("refused");
    expect((await paid(id)).status).toBe(200);
    await back.stop();
    for (const _ of [1, 2, 3]) expect((await paid(id)).status).toBe(502);
    expect(await breaker()).toMatchObject({ state: "open" });

    const { server, connections } = await listener(port);
    const refused = await Promise.all(Array.from({ length: 20 }, () => paid(id)));
    expect(refused.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 503));
    expect(refused[0]?.headers.get("content-type")).toBe("application/problem+json");
    expect(connections()).toBe(0);
    expect(await breaker()).toMatchObject({ state: "open" });
    server.close();
    await once(server, "close");

    back = await startPayments();
    const wait = async (): Promise<number> => (await breaker()).retry_after_seconds;
    await expect.poll(wait, { timeout: 60_000 }).toBe(0);
    const answers = await Promise.all(Array.from({ length: 20 }, () => paid(id)));
    const passed = answers.filter(({ status }) => status === 200).length;
    expect(passed).toBeGreaterThan(0);
    expect(hits()).toBe(passed);
    expect(await breaker()).toMatchObject({ state: "closed" });
    // Calls after the one probe found the breaker closed.
    expect([await transitions("open"), await transitions("half-open"), await transitions("closed")]).toEqual([1, 1, 1]);
  });
});

/** Accepts connections in place of a service, and counts them. */
async function listener(port: number): Promise<{ server: Server; connections: () => number }> {
  let count = 0;
  const server = createServer((socket) => {
    count++;
    socket.destroy();
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  return { server, connections: () => count };
}
