import { describe, expect, it } from "vitest";
import { fakeCluster } from "../../../test/support/fake-cluster.ts";
import { sourcesOf } from "../../../test/support/health-trial.ts";
import { testNow } from "../../../test/support/kube-objects.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { callText, type ProbeResult } from "../../core/probe.ts";
import { runChecks } from "../../core/run-checks.ts";
import type { Prober } from "../../k8s/probe/port.ts";
import { createHealthContext } from "../health-context.ts";
import { nameStoreChecks, storeChecks } from "./store-checks.ts";

function external(namespace: string, name: string, key: string, spec: object = {}): KubeObject {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name, namespace },
    spec: { secretStoreRef: { kind: "ClusterSecretStore", name: "aws" }, dataFrom: [{ extract: { key } }], ...spec },
  };
}

const orders = external("orders", "postgres", "acme/orders/postgres");
const cache = external("orders", "redis", "acme/orders/redis");
const payments = external("payments", "postgres", "acme/payments/postgres");

type Answer = Pick<ProbeResult, "outcome" | "summary"> & Partial<ProbeResult>;
const accepted: Answer = { outcome: "ok", summary: "accepts the login" };

interface AskedPods {
  readonly findings: readonly Finding[];
  /** The calls of each pod, by its namespace. */
  readonly pods: readonly (readonly [namespace: string, meshed: boolean, ...calls: string[]])[];
}

/** Runs the checks on a cluster whose pods answer by their namespace; undefined for a status without pods. */
async function ask(
  objects: readonly KubeObject[],
  answers: Readonly<Record<string, Answer | AppError>> | undefined,
): Promise<AskedPods> {
  const { signal } = new AbortController();
  const pods: (readonly [string, boolean, ...string[]])[] = [];
  const prober: Pick<Prober, "probe"> = {
    probe: async (calls, { namespace, meshed }) => {
      pods.push([namespace, meshed, ...calls.map(callText)]);
      const answer = answers?.[namespace] ?? accepted;
      if (answer instanceof AppError) throw answer;
      return calls.map((call) => ({ call: callText(call), durationMs: 3, ...answer }));
    },
  };
  const now = (): number => testNow;
  const asked = answers === undefined ? {} : { prober: async () => prober };
  const context = createHealthContext({ ...sourcesOf(fakeCluster({ objects })), ...asked, now }, signal);
  const checks = storeChecks.map((each) => ({ ...each, needs: [] }));
  const findings = await runChecks(checks, { context, now, signal });
  return { findings, pods };
}

const told = ({ findings }: AskedPods): string[] =>
  findings.map(({ id, severity, subject, summary }) => `${severity} ${id} ${subject}: ${summary}`);

describe("logins of data stores", () => {
  it("One unmeshed pod for each namespace logs in with all of its Secrets, for both checks", async () => {
    const asked = await ask([orders, cache, payments], {});
    expect(asked.pods).toEqual([
      ["orders", false, "postgres://?secret=postgres", "rediss://?secret=redis"],
      ["payments", false, "postgres://?secret=postgres"],
    ]);
    expect(told(asked)).toEqual([
      "ok data/postgres 2 logins of PostgreSQL: accepted from a pod, with TLS",
      "ok data/redis 1 login of Redis: accepted from a pod, with TLS",
      "skip data/neo4j logins of Neo4j: no ExternalSecret reads a secret whose name ends with /neo4j",
    ]);
  });

  it("Neo4j is asked by a pod of the mesh, beside the one without a sidecar", async () => {
    const graph = external("orders", "graph", "acme/orders/neo4j");
    const denied: Answer = { outcome: "failed", trouble: "denied", summary: "Neo4j rejects the login" };
    const asked = await ask([orders, graph], { orders: denied });
    expect(asked.pods).toEqual([
      ["orders", false, "postgres://?secret=postgres"],
      ["orders", true, "bolt://?secret=graph"],
    ]);
    expect(asked.findings.filter(({ id }) => id === "data/neo4j")).toMatchObject([
      {
        severity: "fail",
        subject: "externalsecret orders/graph",
        fix: "gennet probe --in-pod --meshed --namespace orders 'bolt://?secret=graph' --region eu",
      },
    ]);
    expect(told(await ask([graph], {}))).toContain("ok data/neo4j 1 login of Neo4j: accepted from a pod of the mesh");
  });

  it("A login that fails is a finding of its ExternalSecret, with the call that repeats it, and others are still ok", async () => {
    const refused: Answer = { outcome: "failed", trouble: "refused", summary: "the connection was refused" };
    const asked = await ask([orders, payments], { orders: refused });
    expect(asked.findings.filter(({ id }) => id === "data/postgres")).toMatchObject([
      {
        severity: "fail",
        subject: "externalsecret orders/postgres",
        about: ["externalsecret orders/postgres"],
        summary: "from a pod: the connection was refused",
        fix: "gennet probe --in-pod --namespace orders 'postgres://?secret=postgres' --region eu",
        evidence: { trouble: "refused" },
      },
      { severity: "ok", subject: "1 login of PostgreSQL" },
    ]);
  });

  it("Logins that fail for the same reason are one finding", async () => {
    const late: Answer = { outcome: "failed", trouble: "timed-out", summary: "no answer in time" };
    const asked = await ask([orders, payments], { orders: late, payments: late });
    expect(told(asked)[0]).toBe(
      "fail data/postgres 2 externalsecrets (orders/postgres, payments/postgres): from a pod: no answer in time",
    );
  });

  it("A call that could not be made is unknown, and so is a pod that does not run", async () => {
    const missing: Answer = {
      outcome: "unknown",
      trouble: "unanswerable",
      summary: "the Secret has no readable key host",
    };
    const late = new AppError("PROBE_POD_NOT_STARTED", "eu: the pod did not run.", { next: ["look there"] });
    const asked = await ask([orders, payments], { orders: missing, payments: late });
    expect(asked.findings.filter(({ id }) => id === "data/postgres")).toMatchObject([
      { severity: "unknown", summary: "from a pod: the Secret has no readable key host" },
      { severity: "unknown", obstacle: "unreachable", summary: "eu: the pod did not run.", fix: "look there" },
    ]);
  });

  it("Without an image of gennet, the logins are unknown, and other checks have their findings", async () => {
    const unset = new AppError("PROBE_IMAGE_UNSET", "eu: no image.", { next: ["set one"] });
    const asked = await ask([orders], { orders: unset });
    expect(asked.findings[0]).toMatchObject({ severity: "unknown", obstacle: "misconfigured", fix: "set one" });
  });

  it.each([
    ["reads another secret", external("orders", "key", "acme/orders/api-key")],
    ["renames its keys", external("orders", "pg", "acme/pg/postgres", { target: { template: { data: { a: "b" } } } })],
    [
      "reads a second secret",
      external("orders", "pg", "a", { dataFrom: [orders, cache].map(() => ({ extract: { key: "a/postgres" } })) }),
    ],
  ])("An ExternalSecret that %s is no login", async (_what, object) => {
    const asked = await ask([object], {});
    expect(asked.pods).toEqual([]);
    expect(told(asked)[0]).toBe(
      "skip data/postgres logins of PostgreSQL: no ExternalSecret reads a secret whose name ends with /postgres",
    );
  });

  it("Without leave to create pods, nothing is asked, and the finding says how to ask", async () => {
    const asked = await ask([orders], undefined);
    expect(told(asked)).toEqual([
      "skip data/postgres logins of PostgreSQL: only a pod can ask: gennet status --probe creates one",
      "skip data/redis logins of Redis: only a pod can ask: gennet status --probe creates one",
      "skip data/neo4j logins of Neo4j: only a pod can ask: gennet status --probe creates one",
    ]);
  });

  it.each([
    [["data"], true],
    [["data/redis"], true],
    [["nodes/ready", "data/*"], true],
    [["nodes/ready"], false],
    [[], false],
  ])("Only patterns that name these checks ask for pods: %j", (patterns, named) => {
    expect(nameStoreChecks(patterns)).toBe(named);
  });
});
