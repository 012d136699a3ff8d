import { describe, expect, it } from "vitest";
import { memoryAws } from "../../../test/support/memory-aws.ts";
import { memoryCluster } from "../../../test/support/memory-cluster.ts";
import { AppError } from "../../core/error.ts";
import type { Gate, GateAnswer } from "../../core/gate.ts";
import { callText, type ProbeResult } from "../../core/probe.ts";
import type { MeshPod } from "../../k8s/istio/port.ts";
import type { Prober } from "../../k8s/probe/port.ts";
import { parsePlatform } from "../../platform/parse.ts";
import type { RegionWorld } from "../world.ts";
import { podGates } from "./pod-gates.ts";

const { signal } = new AbortController();
const passing: Gate = { id: "tracing/collector", evaluate: async () => ({ answer: "pass", findings: [] }) };

function worldOf(more = "", components = ""): RegionWorld {
  const region = `{name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu}`;
  const gitops = "gitops: {repository: https://git.acme.example/platform.git}\n";
  const platform = parsePlatform(
    `name: acme\ndomain: acme.example\n${gitops}platform: {tracing: {endpoint: https://otlp.acme.example}${components}}\n${more}regions: [${region}]\n`,
    "gennet.yaml",
  );
  const [first] = platform.regions;
  if (first === undefined) throw new Error("no region");
  const { aws } = memoryAws({ name: "eu", awsRegion: "eu-west-1", accountId: "111122223333" });
  return {
    platform,
    region: first,
    aws,
    adopts: false,
    now: () => 0,
    cluster: async () => memoryCluster("eu").cluster,
  };
}

const meshed = (name: string, more: Partial<MeshPod> = {}): MeshPod =>
  ({
    object: { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "shop" } },
    ip: "10.0.0.1",
    proxy: "sidecar",
    running: true,
    ending: false,
    ports: [{ number: 8080 }],
    ...more,
  }) as MeshPod;

interface Trial {
  readonly world?: RegionWorld;
  readonly pods?: readonly MeshPod[];
  readonly answers?: (call: string) => Partial<ProbeResult> | AppError;
  readonly delivery?: Gate;
  readonly logins?: Gate;
  /** Why no pod of the mesh could be started. */
  readonly unstarted?: AppError;
}

const fine = (call: string): Partial<ProbeResult> =>
  call.startsWith("http://10.")
    ? { outcome: "failed", trouble: "reset", summary: "the connection was reset" }
    : { outcome: "ok", summary: "answers" };

async function evaluate({
  world = worldOf(),
  pods = [],
  answers = fine,
  delivery = passing,
  logins = passing,
  unstarted,
}: Trial) {
  const listened: string[] = [];
  const rounds: (readonly string[])[] = [];
  const origins: string[] = [];
  const prober: Prober = {
    whileListening: async (namespace, work) => {
      listened.push(namespace);
      if (unstarted !== undefined) throw unstarted;
      return work("http://10.0.0.9:8080/");
    },
    probe: async (calls, { namespace, meshed: isMeshed }) => {
      origins.push(`${namespace} ${isMeshed ? "with" : "without"} a sidecar: ${calls.length}`);
      rounds.push(calls.map(callText));
      return calls.map((call): ProbeResult => {
        const answer = answers(callText(call));
        if (answer instanceof AppError) throw answer;
        return { call: callText(call), outcome: "ok", summary: "", durationMs: 1, ...answer };
      });
    },
  };
  const istio = { pods: async () => [Promise.resolve(pods)] };
  const gates = podGates({ world, prober: async () => prober, istio: async () => istio, delivery, logins });
  const evaluated: Record<string, GateAnswer> = {};
  for (const gate of gates) evaluated[gate.id] = await gate.evaluate(signal);
  const shown = Object.entries(evaluated).map(([id, { answer, findings }]) =>
    [`${id}: ${answer}`, ...findings.map(({ subject, summary }) => `${subject}: ${summary}`)].join(" | "),
  );
  return { shown, rounds, origins, gates, evaluated, listened };
}

describe("the gates that only a pod can answer", () => {
  it("One pod makes all calls of a round", async () => {
    const { shown, rounds, gates, listened } = await evaluate({ pods: [meshed("orders-1")] });
    expect(shown).toEqual([
      "plain text is refused: pass | pod shop/orders-1: refuses plain text",
      "Collector delivers: pass | Collector: answers | platform.tracing.endpoint: answers",
      "gateway answers: pass | ingress gateway: answers",
    ]);
    const round = [
      "http://10.0.0.1:8080/",
      "otlp+http://collector.monitoring.svc.cluster.local:4318",
      "otlp+http://collector.monitoring.svc.cluster.local:4320",
      "http://istio-ingress.istio-ingress.svc.cluster.local/",
    ];
    expect(rounds).toEqual([round]);
    await gates[0]?.evaluate(signal);
    expect(rounds).toEqual([round, round]);
    expect(listened).toEqual([]);
  });

  it("A workload that answers plain text fails, with the call to repeat", async () => {
    const answers = (call: string) => (call.startsWith("http://10.") ? ({ outcome: "ok", status: 200 } as const) : {});
    const { shown, evaluated } = await evaluate({ pods: [meshed("orders-1")], answers });
    expect(shown[0]).toBe(
      "plain text is refused: fail | pod shop/orders-1: accepts plain text from a pod without a sidecar: HTTP 200",
    );
    expect(evaluated["plain text is refused"]?.findings[0]?.fix).toBe(
      "gennet probe --in-pod --region eu http://10.0.0.1:8080/",
    );
  });

  it("A workload that cannot be reached proves nothing about plain text", async () => {
    const answers = () => ({ outcome: "failed", trouble: "refused", summary: "nothing listens" }) as const;
    expect((await evaluate({ pods: [meshed("orders-1")], answers })).shown[0]).toBe(
      "plain text is refused: unknown | pod shop/orders-1: nothing listens",
    );
  });

  it("Without a running workload with a sidecar and a port, a pod of gennet in the mesh is called", async () => {
    const pods = [
      meshed("gateway", { proxy: "gateway" }),
      meshed("starting", { running: false }),
      meshed("ending", { ending: true }),
      meshed("silent", { ports: [] }),
    ];
    const { shown, rounds, listened } = await evaluate({ pods });
    expect(shown[0]).toBe("plain text is refused: pass | pod of gennet in the mesh: refuses plain text");
    expect([listened, rounds[0]?.[0]]).toEqual([["default"], "http://10.0.0.9:8080/"]);
    const answers = (call: string) => (call.startsWith("http://10.") ? ({ outcome: "ok", status: 200 } as const) : {});
    expect((await evaluate({ pods, answers })).shown[0]).toBe(
      "plain text is refused: fail | pod of gennet in the mesh: accepts plain text from a pod without a sidecar: HTTP 200",
    );
  });

  it("If no pod of the mesh can be started, it is unknown whether plain text is refused", async () => {
    const unstarted = new AppError("PROBE_SIDECAR_MISSING", "eu: the pod got no sidecar.", { next: ["look"] });
    const { shown, rounds } = await evaluate({ unstarted });
    expect(shown[0]).toBe("plain text is refused: unknown | pod of gennet: eu: the pod got no sidecar.");
    expect(rounds).toEqual([]);
  });

  it("A Collector that accepts a span passes only if it delivers", async () => {
    const delivery: Gate = { id: "tracing/collector", evaluate: async () => ({ answer: "fail", findings: [] }) };
    expect((await evaluate({ delivery })).evaluated["Collector delivers"]?.answer).toBe("fail");
  });

  it("A backend that refuses the span that is sent through the Collector fails, with its reason", async () => {
    const summary = "did not accept the span: HTTP status 503, connection refused";
    const answers = (call: string) =>
      call.endsWith(":4320") ? ({ outcome: "failed", trouble: "rejected", summary } as const) : fine(call);
    expect((await evaluate({ answers })).shown[1]).toBe(
      `Collector delivers: fail | Collector: answers | platform.tracing.endpoint: ${summary}`,
    );
  });

  it("A gateway without a route answers, too", async () => {
    const answers = (call: string) =>
      call.includes("istio-ingress") ? ({ outcome: "failed", status: 404, summary: "HTTP 404" } as const) : {};
    expect((await evaluate({ answers })).shown).toContain("gateway answers: pass | ingress gateway: answers with 404");
  });

  it("Data stores are called if gennet.yaml has some, and the gateway if gennet brings it", async () => {
    const world = worldOf("stores: {redis: {}}\n", ", istio: external");
    expect((await evaluate({ world })).shown).toEqual([
      "plain text is refused: pass | pod of gennet in the mesh: refuses plain text",
      "data stores reachable: unknown | Redis: it has no address yet",
      "Collector delivers: pass | Collector: answers | platform.tracing.endpoint: answers",
    ]);
  });

  it("Data stores that answer from the default namespace pass only if they accept the logins of services", async () => {
    const world = worldOf("stores: {redis: {}}\n");
    const cache = { id: "acme-eu-redis", host: "10.1.0.4", port: 6379 };
    const aws: RegionWorld["aws"] = {
      ...world.aws,
      service: async (name) =>
        name === "elasticache" ? ({ replicationGroup: async () => cache } as never) : world.aws.service(name),
    };
    const answers = (call: string) =>
      call.startsWith("rediss:") ? ({ summary: "accepts TLS; nothing logged in" } as const) : fine(call);
    const failed = {
      id: "data/redis",
      severity: "fail",
      subject: "externalsecret shop/redis",
      summary: "denied",
    } as const;
    const logins: Gate = { id: "logins", evaluate: async () => ({ answer: "fail", findings: [failed] }) };
    const { shown, rounds } = await evaluate({ world: { ...world, aws }, answers, logins });
    expect(rounds[0]).toContain("rediss://10.1.0.4:6379");
    expect(shown[1]).toBe(
      "data stores reachable: fail | Redis: accepts TLS; nothing logged in | externalsecret shop/redis: denied",
    );
  });

  it("A pod of the mesh logs in to Neo4j with its own login, because its sidecar refuses others", async () => {
    const world = worldOf("stores: {graph: neo4j}\n");
    const { shown, origins } = await evaluate({ world });
    expect(shown).toContain("data stores reachable: pass | Neo4j: answers");
    expect(origins).toEqual(["default without a sidecar: 4", "neo4j with a sidecar: 1"]);
    const answers = (call: string) =>
      call.startsWith("bolt:") ? ({ outcome: "failed", summary: "reset" } as const) : {};
    expect((await evaluate({ world, answers })).evaluated["data stores reachable"]?.findings[0]?.fix).toBe(
      "gennet probe --in-pod --meshed -n neo4j --region eu 'bolt://neo4j.neo4j.svc.cluster.local:7687?secret=neo4j'",
    );
  });

  it("Without an image of gennet, all of them are unknown", async () => {
    const unset = new AppError("PROBE_IMAGE_UNSET", "no image", { next: ["set platform.probe.image"] });
    const { shown, evaluated } = await evaluate({ answers: () => unset });
    expect(shown.map((each) => each.split(" | ")[0])).toEqual([
      "plain text is refused: unknown",
      "Collector delivers: unknown",
      "gateway answers: unknown",
    ]);
    expect(evaluated["gateway answers"]?.findings[0]).toMatchObject({
      obstacle: "misconfigured",
      fix: "set platform.probe.image",
    });
  });
});
