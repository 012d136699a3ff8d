import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SyncReport } from "../../src/gitops/sync-report.ts";
import type { RunbookTests } from "../../src/commands/runbook/test.run.ts";
import type { StatusReport } from "../../src/health/status-report.ts";
import { type DeliveredServices, deliveredServices, type PodView, soon } from "../support/delivered-services.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { launcher } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { onTerminal } from "../support/terminal.ts";
import { runTour } from "../support/readme-tour.ts";
import { referees } from "../support/referees.ts";

/**
 * The purpose of gennet, on two regions with two services under load: status is green, red with exactly the right
 * finding during each failure, and green after it; a change and a new secret are rolled out without a failed request.
 */
const regions = ["eu-central-1", "us-east-1"] as const;
const [home] = regions;
const secret = "sandbox/payments/api-key";
const fault = (...argv: string[]): Promise<string> => services.gennet("sandbox", ...argv, "--name", "duties");
type Findings = Pick<StatusReport, "findings">;
let sandbox: FullSandbox;
let services: DeliveredServices;

const externalSecret = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: api-key
spec:
  refreshInterval: 1h
  secretStoreRef:
    kind: ClusterSecretStore
    name: aws-secrets-manager
  target:
    creationPolicy: Owner
  data:
    - secretKey: API_KEY
      remoteRef:
        key: ${secret}
`;

/** Changes a file of a service after it was scaffolded. */
async function edit(path: string, ...changes: readonly (readonly [string, string])[]): Promise<void> {
  const text = await readFile(path, "utf8");
  for (const [from] of nonEmpty(changes)) expect(text).toContain(from);
  await writeFile(
    path,
    changes.reduce((edited, [from, to]) => edited.replace(from, to), text),
  );
}

async function report(...words: string[]): Promise<{ readonly exit: number | null; readonly document: Findings }> {
  const { exit, stdout, stderr } = await services.ask(...words, "-o", "json", "-q");
  if (stdout === "") throw new Error(`gennet ${words.join(" ")} ended with ${exit}: ${stderr}`);
  return { exit, document: JSON.parse(stdout) as Findings };
}

/** Returns `exit`, and `region severity id subject` of everything unhealthy. */
async function status(): Promise<readonly [number | null, ...string[]]> {
  const { exit, document } = await report("status");
  const wrong = document.findings.filter(({ severity }) => severity !== "ok" && severity !== "skip");
  return [exit, ...wrong.map(({ region, severity, id, subject }) => `${region} ${severity} ${id} ${subject}`)];
}

async function green(): Promise<void> {
  await expect.poll(status, soon).toEqual([0]);
}

/** Returns the pod of payments that Envoy of the first orders pod prefers: it stays in its own zone. */
async function neighbours(): Promise<{ readonly caller: PodView; readonly callee: PodView }> {
  const caller = await services.podOf("orders");
  const pods = await services.podsOf("payments");
  const callee = pods.find(({ spec }) => spec.nodeName === caller.spec.nodeName) ?? pods[0];
  if (callee === undefined) throw new Error("there is no pod of payments");
  return { caller, callee };
}

const loadScript = [
  "import collections, json, signal, sys, time, urllib.error, urllib.request",
  "seen = collections.Counter()",
  "stop = []",
  "signal.signal(signal.SIGTERM, lambda *_: stop.append(1))",
  "end = time.monotonic() + 900",
  "while not stop and time.monotonic() < end:",
  "    try:",
  "        seen[urllib.request.urlopen('http://payments.payments.svc.cluster.local/items', timeout=10).status] += 1",
  "    except urllib.error.HTTPError as refused:",
  "        seen[refused.code] += 1",
  "    except OSError as broken:",
  "        seen[repr(broken)] += 1",
  "    print(json.dumps(seen), flush=True)",
  "    time.sleep(0.05)",
].join("\n");

/** Calls payments from a pod of orders continuously; returns how often each status occurred. */
async function underLoad(work: () => Promise<void>): Promise<Readonly<Record<string, number>>> {
  const { metadata } = await services.podOf("orders");
  const { kubectl } = await referees();
  const within = ["exec", "-n", "orders", metadata.name, "-c", "app", "--", "python3", "-c", loadScript];
  const child = spawn(kubectl, within, {
    env: { ...process.env, ...sandbox.env },
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text));
  const last = (): Readonly<Record<string, number>> => JSON.parse(said.trimEnd().split("\n").at(-1) ?? "{}") as never;
  try {
    await expect.poll(() => said, soon).toContain("\n");
    await work();
    const before = last()["200"] ?? 0;
    await expect.poll(() => last()["200"] ?? 0, soon).toBeGreaterThan(before);
    return last();
  } finally {
    child.kill();
  }
}

/** Sets whether Argo CD syncs payments automatically, in every region. */
async function setAutomated(on: boolean): Promise<void> {
  const policy = { automated: on ? { prune: true, selfHeal: true } : null };
  const patch = ["--type", "merge", "-p", JSON.stringify({ spec: { syncPolicy: policy } })];
  for (const region of regions) {
    await sandbox.kubectl("--context", region, "patch", "application", "payments", "-n", "argocd", ...patch);
  }
}

/** Returns a digest of the value in each pod of payments. */
async function held(): Promise<readonly string[]> {
  const digests: string[] = [];
  for (const region of regions) {
    for (const { metadata, status: pod } of await services.podsOf("payments", region)) {
      if (metadata.deletionTimestamp !== undefined) continue;
      if (pod.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") !== true) continue;
      const within = ["exec", "-n", "payments", metadata.name, "-c", "app", "--"];
      const digest = ["sh", "-c", 'printf %s "$API_KEY" | sha256sum'];
      digests.push((await sandbox.kubectl("--context", region, ...within, ...digest)).trim());
    }
  }
  return digests;
}

// Programs that are not cached are compiled first.
beforeAll(async () => {
  sandbox = await fullSandbox("duties", regions.join(","));
  services = await deliveredServices(sandbox, "duties", regions);
  await services.scaffold("payments", "--called-by", "orders");
  await services.scaffold("orders", "--depends-on", "payments");
  const { aws } = await referees();
  const replica = ["--add-replica-regions", `Region=${regions[1]}`];
  const words = ["secretsmanager", "create-secret", "--region", home, "--name", secret, "--secret-string", "the first"];
  await sandbox.succeed(aws, ...words, ...replica);
  const base = (file: string): string => services.at("payments", "deploy", "base", file);
  await writeFile(base("external-secret-api-key.yaml"), externalSecret);
  await edit(base("kustomization.yaml"), [
    "  - deployment.yaml\n",
    "  - deployment.yaml\n  - external-secret-api-key.yaml\n",
  ]);
  const env = "          env:\n";
  await edit(base("deployment.yaml"), [env, `          envFrom:\n            - secretRef: {name: api-key}\n${env}`]);
}, 3_600_000);
afterAll(() => sandbox?.down());

describe("two services in two regions", () => {
  it("Two services in two regions are deployed from Git and healthy", async () => {
    await services.deliver("payments", "orders");
    await services.settled("payments", "orders");
    await green();
    expect(await status()).toEqual([0]);
  }, 1_200_000);

  it("gennet breakers names the pod that Envoy ejected and its callers, like istioctl", async () => {
    const { caller, callee } = await neighbours();
    const pod = `payments/${callee.metadata.name}`;
    await fault("fail", pod, "--status", "503");
    const url = "http://payments.payments.svc.cluster.local/items";
    const verdicts = async (): Promise<Readonly<Record<string, string>>> => {
      await services.call(caller, "GET", url);
      return services.endpoints(caller, "payments");
    };
    await expect.poll(verdicts, soon).toMatchObject({ [`${callee.status.podIP}:8000`]: "FAILED" });
    const { exit, document } = await report("breakers");
    const named = document.findings.filter(({ severity }) => severity === "fail");
    expect([exit, ...named.map(({ id, region, subject }) => `${region} ${id} ${subject}`)]).toEqual([
      3,
      `${home} breakers/ejected pod ${pod}`,
    ]);
    expect(named[0]?.summary).toContain("deployment orders/orders");
    await expect.poll(status, soon).toEqual([3, `${home} fail breakers/ejected pod ${pod}`]);
    await fault("heal", pod);
    await green();
  });

  it("gennet mesh names the proxy that rejects its configuration, with Envoy's message", async () => {
    const { caller } = await neighbours();
    const pod = `orders/${caller.metadata.name}`;
    await fault("fail", pod, "--nack", "--region", home);
    await expect.poll(status, soon).toEqual([3, `${home} fail mesh/sync proxy ${pod}`]);
    const { exit, document } = await report("mesh");
    expect(exit).toBe(3);
    expect(document.findings.find(({ severity }) => severity === "fail")?.summary).toContain("Invalid duration");
    await fault("heal", pod, "--region", home);
    await green();
  });

  it("gennet sync deploys a commit behind an operation that is in progress", async () => {
    const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: settings\ndata:\n  colour: green\n";
    const base = services.at("payments", "deploy", "base");
    await writeFile(`${base}/settings.yaml`, settings);
    await edit(`${base}/kustomization.yaml`, ["  - deployment.yaml\n", "  - deployment.yaml\n  - settings.yaml\n"]);
    // Argo CD's automated sync would interfere.
    await setAutomated(false);
    await services.push("payments");
    expect((await services.ask("sync", "payments", "--async", "-q")).exit).toBe(0);
    const { exit, stderr } = await services.ask("sync", "payments", "-q");
    expect(exit, stderr).toBe(0);
    for (const region of regions) {
      const words = ["get", "configmap", "settings", "-n", "payments", "-o", "jsonpath={.data.colour}"];
      expect(await sandbox.kubectl("--context", region, ...words)).toBe("green");
    }
    await setAutomated(true);
    await green();
  });

  it("The README's tour of a mesh works line by line", async () => {
    const { ends, stderr } = await runTour("tour of a mesh", sandbox.work, { ...sandbox.env, GENNET_NAME: "duties" });
    expect(ends, stderr).toEqual(ends.map(([line]) => [line, 0]));
    expect(ends.length).toBeGreaterThan(5);
  });

  it("gennet secrets rotate changes the value of running pods without a failed request", async () => {
    const [before] = await held();
    const seen = await underLoad(async () => {
      await services.gennet("secrets", "rotate", secret, "--yes", "-q");
    });
    expect(Object.keys(seen)).toEqual(["200"]);
    const after = await held();
    expect(new Set(after).size).toBe(1);
    expect(after[0]).not.toBe(before);
    await green();
  });

  it("gennet secrets rotate rolls back and gives the reason if External Secrets is stopped", async () => {
    const before = await held();
    await fault("fail", "eso");
    const { exit, stderr } = await services.ask("secrets", "rotate", secret, "--yes", "--sync-timeout", "15s");
    expect(exit).not.toBe(0);
    expect(stderr).toContain("External Secrets did not reconcile it");
    await fault("heal", "eso");
    expect(await held()).toEqual(before);
    await green();
  });

  it("gennet status shows a failed region as unreachable, and does not hide the other", async () => {
    await fault("fail", "region", regions[1]);
    const wrong = async (): Promise<readonly unknown[]> => {
      const [exit, ...lines] = await status();
      return [exit, ...new Set(lines.map((line) => line.split(" ").slice(0, 2).join(" ")))];
    };
    await expect.poll(wrong, soon).toEqual([5, `${regions[1]} unknown`]);
    const { document } = await report("status");
    expect(document.findings.some(({ region, id }) => region === home && id === "breakers/ejected")).toBe(true);
    const sync = await services.ask("sync", "payments", "-o", "json", "-q");
    const { items, findings } = JSON.parse(sync.stdout) as SyncReport;
    const synced = items.map(({ region, outcome }) => [region, outcome]);
    expect([sync.exit, synced]).toEqual([5, [[home, "succeeded"]]]);
    expect(findings.map(({ region, severity }) => [region, severity])).toEqual([[regions[1], "unknown"]]);
    await fault("heal", "region", regions[1]);
    await green();
  });
});

describe("on-call", () => {
  it("A person is led from a finding to a healthy service, and the report tells the story", async () => {
    const { callee } = await neighbours();
    const pod = `payments/${callee.metadata.name}`;
    const seen = await underLoad(async () => {
      await fault("fail", pod, "--status", "503");
      await expect.poll(status, soon).toEqual([3, `${home} fail breakers/ejected pod ${pod}`]);
      const { document } = await report("status");
      const { runbook = "" } = document.findings.find(({ severity }) => severity === "fail") ?? {};
      expect(runbook).toMatch(/^gennet runbook run breaker-open --from-finding breakers\/ejected:[0-9a-f]{6}$/);
      const words = [...runbook.split(" ").slice(1), "--incident", "INC-1", "--config", services.at("gennet.yaml")];
      const session = onTerminal(process.execPath, [launcher, ...words], sandbox.env);
      await session.until("Replace the pod");
      session.type("\r");
      await session.until("Run replace?");
      session.type("y\r");
      const { exit, drawn } = await session.ended;
      expect(exit, drawn).toBe(0);
    });
    expect(seen["200"]).toBeGreaterThan(0);
    await green();
    const told = await services.gennet("runbook", "report", "INC-1");
    for (const part of ["# INC-1", pod, "`replace`", "**replace**", "before.bundle", "finished after"]) {
      expect(told).toContain(part);
    }
  });

  it("A runbook whose steps are safe runs in CI, without a terminal", async () => {
    await sandbox.kubectl("--context", home, "patch", ...storeConditions('[{"namespaces":["nowhere"]}]'));
    const annotate = ["annotate", "externalsecret", "api-key", "-n", "payments", "--overwrite"];
    await sandbox.kubectl("--context", home, ...annotate, "force-sync=denied");
    const named = async (): Promise<string | undefined> =>
      (await report("status")).document.findings.find(
        ({ id, severity }) => id === "secrets/ready" && severity === "fail",
      )?.runbook;
    await expect.poll(named, soon).toContain("gennet runbook run secrets-not-syncing --from-finding");
    const words = ((await named()) ?? "").split(" ").slice(1);
    await sandbox.kubectl("--context", home, "patch", ...storeConditions("null"));
    const { exit, stdout, stderr } = await services.ask(...words, "--yes", "--input", "action=retry", "-o", "json");
    expect(exit, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: "RunbookRun", outcome: "done" });
    await green();
  });

  it.each([
    "application-stuck",
    "bad-release",
    "breaker-open",
    "istiod-down",
    "mtls-not-strict",
    "region-unreachable",
    "secret-leaked",
    "secrets-not-syncing",
  ])(
    "The runbook %s passes its test",
    async (id) => {
      const { exit, stdout, stderr } = await services.ask("runbook", "test", id, "--name", "duties", "-o", "json");
      expect(exit, `${stdout}\n${stderr}`).toBe(0);
      const document = JSON.parse(stdout) as RunbookTests;
      assertDocument(document);
      expect(document.items.map((item) => [item.id, item.outcome])).toEqual([[id, "passed"]]);
      await green();
    },
    1_200_000,
  );
});

/** The arguments of kubectl that set which namespaces may use the store. */
function storeConditions(conditions: string): readonly string[] {
  const patch = `{"spec":{"conditions":${conditions}}}`;
  return ["clustersecretstore", "aws-secrets-manager", "--type", "merge", "--patch", patch];
}
