import { execFile, spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import neo4j from "neo4j-driver";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { Finding } from "../../src/core/finding.ts";
import { restrictedContainer, restrictedPod } from "../../src/core/kubernetes/pod-security.ts";
import { type Ended, repository, run, runGennet } from "../support/cli.ts";
import type { RunbookTests } from "../../src/commands/runbook/test.run.ts";
import { assertDocument } from "../support/documents.ts";
import { isNightly, onlyAtNight } from "../support/effort.ts";
import { inPush, killedAt, whenThere } from "../support/killed-when.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { type OwnSandbox, startOwnSandbox, stdoutOf } from "../support/own-sandbox.ts";
import { accountOf } from "../support/pod-identity-region.ts";
import { forwarded } from "../support/port-forward.ts";
import { referees } from "../support/referees.ts";
import { writtenByArgoCd } from "../support/written-by-argocd.ts";

/** `gennet region bootstrap` from nothing to a region whose platform runs as pods, and what status finds when it breaks. */
const region = "eu-central-1";
const folder = `clusters/${region}/platform`;
let own: OwnSandbox;
let work: string;
let images: readonly string[];
let repositoryFolder: string;
/** The trace of the span that the gate of the first bootstrap sent. */
let sentTrace: string;

const kubectl = (...argv: string[]): Promise<string> => stdoutOf(own.kubectl(...argv));
const copyOf = (repositoryName: "mirror" | "platform", ...path: string[]): string =>
  join(work, repositoryName, ...path);

const place = () => ({ env: own.variables, cwd: work });

function gennet(...argv: string[]): Promise<Ended> {
  return runGennet(argv, place());
}

async function git(...argv: string[]): Promise<void> {
  const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@acme.example"];
  await promisify(execFile)("git", [...identity, ...argv], { cwd: copyOf("platform") });
}

beforeAll(async () => {
  own = await startOwnSandbox("region-platform", region, "--profile", "full", "--bare");
  work = await mkdtemp(join(tmpdir(), "gennet-region-platform-"));
  const printed = await own.sandbox("image", "-o", "json");
  const registered = JSON.parse(printed) as { mirror: string; items: readonly { image: string }[] };
  images = registered.items.map(({ image }) => image);
  const server = join(repository, "test", "support", "real-pod");
  await own.sandbox("image", "echo:1", server, "--", "python3", "server.py");
  const file = await own.sandbox("env", "--platform");
  await writeFile(join(work, "gennet.yaml"), file);
  const { gitops } = parse(file) as { readonly gitops: { readonly repository: string } };
  repositoryFolder = fileURLToPath(gitops.repository);
  const clone = (url: string, to: string) => promisify(execFile)("git", ["clone", "--quiet", url, to]);
  await Promise.all([clone(registered.mirror, copyOf("mirror")), clone(gitops.repository, copyOf("platform"))]);
  const secrets = new SecretsManagerClient({ region, ...accountOf(region, own.variables) });
  for (const Name of ["sandbox/orders/api", "other/orders/api"]) {
    await secrets.send(new CreateSecretCommand({ Name, SecretString: '{"key":"for orders"}' }));
  }
  secrets.destroy();
}, 3_600_000);
afterAll(async () => {
  await own.end();
  await rm(work, { recursive: true, force: true });
});

/** What status reports as wrong and is not a symptom of something else. */
async function roots(): Promise<readonly string[]> {
  const { stdout } = await gennet("status", "-o", "json", "-q");
  const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
  const wrong = nonEmpty(findings).filter(({ severity }) => ["fail", "warn", "unknown"].includes(severity));
  return wrong.filter(({ cause }) => cause === undefined).map(({ id, subject }) => `${id} ${subject}`);
}

describe("region bootstrap", () => {
  it("The sandbox has every image that Argo CD's manifests name, except Dex's", async () => {
    const text = await readFile(copyOf("mirror", "argo-cd", "3.5.7", "install.yaml"), "utf8");
    const named = new Set([...text.matchAll(/^ +image: (\S+)$/gm)].map(([, image]) => image as string));
    expect(nonEmpty([...named]).filter((image) => !images.includes(image))).toEqual([
      expect.stringMatching(/^ghcr\.io\/dexidp\/dex:/),
    ]);
  });

  it("A SIGKILL at six places of the platform's half is followed by runs that continue", async ({ skip }) => {
    skip(!isNightly, onlyAtNight);
    const isThere =
      (...argv: string[]) =>
      async (): Promise<boolean> => {
        const { exit, stdout } = await own.kubectl("get", ...argv, "--ignore-not-found", "-o", "name");
        return exit === 0 && stdout !== "";
      };
    const places = [
      whenThere("Argo CD's definitions", isThere("customresourcedefinition", "applications.argoproj.io")),
      inPush("before Git takes the commit", repositoryFolder, "pre-receive"),
      inPush("after Git took the commit", repositoryFolder, "post-receive"),
      whenThere("the root Application", isThere("-n", "argocd", "application", "platform")),
      whenThere("istiod's Application", isThere("-n", "argocd", "application", "platform-istiod-1-31-0")),
      whenThere("the pod of the gates", isThere("job", "-l", "app.kubernetes.io/name=gennet-probe")),
    ];
    for (const each of nonEmpty(places)) {
      // The lock of the run that was killed before expires after seconds.
      const ended = await unlocked(() => killedAt(each, ["region", "bootstrap", "--yes"], place()));
      expect([each.name, ended]).toEqual([each.name, "SIGKILL"]);
    }
    expect(await unlocked(async () => (await gennet("region", "bootstrap", "--yes")).exit)).toBe(0);
  });

  it("From nothing, a region gets its platform by one commit, and passes every gate", async () => {
    const { exit, stdout, stderr } = await gennet("region", "bootstrap", "--yes", "-o", "json", "-q");
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    const document = JSON.parse(stdout) as {
      readonly kind: string;
      readonly regions: readonly { readonly gates: readonly PassedGate[] }[];
    };
    assertDocument(document);
    const gates = nonEmpty(document.regions[0]?.gates ?? []);
    expect(gates.filter(({ answer }) => answer !== "pass")).toEqual([]);
    expect(gates.map(({ gate }) => gate)).toEqual([
      "nodes ready",
      "add-ons healthy",
      "platform installed",
      "Applications synced and healthy",
      "mesh strict",
      "secrets synced",
      "plain text is refused",
      "data stores reachable",
      "Collector delivers",
      "gateway answers",
    ]);
    const shown = (gate: string) => gates.find((each) => each.gate === gate)?.shown?.join("\n");
    expect(shown("plain text is refused")).toBe("pod of gennet in the mesh: refuses plain text");
    sentTrace =
      /^platform.tracing.endpoint: .*trace ([0-9a-f]{32})$/m.exec(shown("Collector delivers") ?? "")?.[1] ?? "none";
    await git("pull", "--quiet");
    const log = await promisify(execFile)("git", ["log", "--format=%s", "--", folder], { cwd: copyOf("platform") });
    expect(log.stdout.trim().split("\n")).toHaveLength(1);
  });

  it("Then there is nothing to do, status finds nothing, and kubectl agrees", async () => {
    expect(await gennet("region", "plan")).toMatchObject({ exit: 0 });
    expect(await gennet("status", "--strict")).toMatchObject({ exit: 0 });
    const shown = "jsonpath={range .items[*]}{.status.sync.status}, {.status.health.status}{'\\n'}{end}";
    const states = (await kubectl("-n", "argocd", "get", "applications", "-o", shown)).trim().split("\n");
    expect(new Set(nonEmpty(states))).toEqual(new Set(["Synced, Healthy"]));
  });

  it("A bare sandbox does not get the platform beside its clusters, too", async () => {
    await expect(own.sandbox("up", "--profile", "full")).rejects.toThrow("SANDBOX_PROFILE_FIXED");
  });

  it("A pod with a tag that no release of an image has waits for its image, and is not simulated", async () => {
    const image = "quay.io/argoproj/argocd:v3.5.99";
    await kubectl("-n", "default", "run", "missing", `--image=${image}`);
    const waiting = "jsonpath={.status.containerStatuses[0].state.waiting}";
    const seen = async () => JSON.parse((await kubectl("get", "pod", "missing", "-o", waiting)) || "{}") as object;
    await expect
      .poll(seen, { timeout: 30_000, interval: 500 })
      .toEqual({ reason: "ImagePullBackOff", message: `"${image}": not found; the sandbox has ${argocdImage()}` });
    await kubectl("-n", "default", "delete", "pod", "missing");
  });
});

/** Runs again what ends because another run has the lock. */
async function unlocked<T>(run: () => Promise<T>): Promise<T | 7> {
  for (;;) {
    const ended = await run();
    if (ended !== 7) return ended;
  }
}

interface PassedGate {
  readonly gate: string;
  readonly answer: string;
  readonly shown?: readonly string[];
}

function argocdImage(): string {
  return images.find((image) => image.startsWith("quay.io/argoproj/argocd:")) as string;
}

describe("a platform that bootstrap brought", () => {
  it("A request from outside reaches a service through the gateway and strict mTLS, and not past them", async () => {
    await own.apply(namespace("shop", { "istio-injection": "enabled" }));
    const host = "orders.sandbox.example";
    await own.apply(
      echo("orders", "shop"),
      service("orders"),
      mesh("networking", "VirtualService", "orders", {
        hosts: [host],
        gateways: ["istio-ingress/sandbox"],
        http: [{ route: [{ destination: { host: "orders", port: { number: 80 } } }] }],
      }),
    );
    await kubectl("-n", "shop", "wait", "--for=condition=Ready", "pod", "orders", "--timeout=120s");
    const address = await kubectl("-n", "istio-ingress", "get", "pods", "-o", "jsonpath={.items[0].status.podIP}");
    const ask = async (url: string): Promise<string> => {
      const { stdout } = await promisify(execFile)("curl", ["--silent", "--header", `Host: ${host}`, url]);
      return (JSON.parse(stdout) as { host: string }).host;
    };
    await expect
      .poll(() => ask(`http://${address}/`).catch(() => "none"), { timeout: 60_000, interval: 500 })
      .toBe("orders");
    // Without a certificate, the pod cannot be called.
    const pod = await kubectl("-n", "shop", "get", "pod", "orders", "-o", "jsonpath={.status.podIP}");
    await expect(ask(`http://${pod}:8000/`)).rejects.toThrow("curl");
    await kubectl("delete", "namespace", "shop");
  });

  it("With the role that Pod Identity gives External Secrets' pod, it reads the platform's secrets and no others", async () => {
    await own.apply(externalSecret("orders", "sandbox/orders/api"), externalSecret("others", "other/orders/api"));
    await kubectl("wait", "--for=condition=Ready", "externalsecret", "orders", "--timeout=120s");
    const key = await kubectl("get", "secret", "orders", "-o", "jsonpath={.data.key}");
    expect(Buffer.from(key, "base64").toString()).toBe("for orders");
    await kubectl("wait", "--for=condition=Ready=False", "externalsecret", "others", "--timeout=120s");
    const events = () =>
      kubectl("get", "events", "--field-selector=involvedObject.name=others", "-o", "jsonpath={.items[*].message}");
    await expect.poll(events, { timeout: 30_000 }).toContain("is not authorized to perform");
    await kubectl("delete", "externalsecret", "orders", "others");
  });

  it("What a pod writes to a claimed volume is there for the next pod, and goes with the claim", async () => {
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    const metadata = { name: "kept", namespace: "default" };
    const keeper = () => {
      const { spec: plain, ...pod } = echo("keeper", "default");
      const volumes = [{ name: "kept", persistentVolumeClaim: { claimName: "kept" } }];
      const containers = plain.containers.map((each) => ({
        ...each,
        volumeMounts: [{ name: "kept", mountPath: "/kept", subPath: "own" }],
      }));
      return own.apply({ ...pod, spec: { ...plain, securityContext: restrictedPod(10_001), containers, volumes } });
    };
    const ready = ["-n", "default", "wait", "--for=condition=Ready", "pod/keeper", "--timeout=60s"];
    const inPod = (...argv: string[]) => kubectl("-n", "default", "exec", "keeper", "--", ...argv);
    await own.apply({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata, spec });
    await keeper();
    await kubectl(...ready);
    await inPod("sh", "-c", "echo of the first > /kept/note");
    await kubectl("-n", "default", "delete", "pod", "keeper");
    await keeper();
    await kubectl(...ready);
    expect(await inPod("cat", "/kept/note")).toBe("of the first\n");
    const volume = await kubectl("-n", "default", "get", "pvc", "kept", "-o", "jsonpath={.spec.volumeName}");
    const volumes = join(dirname(own.variables["KUBECONFIG"] as string), "regions", region, "volumes");
    expect(await readdir(volumes)).toContain(volume);
    await kubectl("-n", "default", "delete", "pod/keeper", "pvc/kept");
    await kubectl("wait", "--for=delete", `pv/${volume}`, "--timeout=60s");
    expect(await readdir(volumes)).not.toContain(volume);
  });

  it("The span of the gate arrived where gennet.yaml sends spans, and so does one that the Collector only accepted", async () => {
    await sendSpan("by-the-test");
    const root = dirname(own.variables["KUBECONFIG"] as string);
    const file = join(root, "regions", region, "tracing", "traces.jsonl");
    await expect.poll(() => readFile(file, "utf8"), { timeout: 30_000 }).toContain("by-the-test");
    expect(await readFile(file, "utf8")).toContain(sentTrace);
  });

  it("A change by hand in a Deployment is undone by Argo CD", async () => {
    const replicas = () =>
      kubectl("-n", "monitoring", "get", "deployment", "collector", "-o", "jsonpath={.spec.replicas}");
    const generation = () =>
      kubectl("-n", "monitoring", "get", "deployment", "collector", "-o", "jsonpath={.metadata.generation}");
    const before = Number(await generation());
    const { kubectl: program } = await referees();
    const edit = spawn(program, ["-n", "monitoring", "edit", "deployment", "collector"], {
      env: { ...process.env, ...own.variables, KUBE_EDITOR: "sed -i s/replicas:.2$/replicas:\\ 1/" },
      stdio: "ignore",
    });
    expect(await new Promise((resolve) => edit.on("close", resolve))).toBe(0);
    // The edit and what undoes it are one generation each.
    await expect.poll(async () => Number(await generation()), { timeout: 60_000 }).toBeGreaterThanOrEqual(before + 2);
    expect(await replicas()).toBe("2");
    await kubectl("-n", "monitoring", "rollout", "status", "deployment/collector", "--timeout=60s");
    await expect.poll(roots, { timeout: 60_000, interval: 2000 }).toEqual([]);
  });
});

async function collectors(): Promise<readonly string[]> {
  const shown = "jsonpath={.items[*].status.podIP}";
  const pods = ["-n", "monitoring", "get", "pods", "-l", "app.kubernetes.io/name=collector"];
  return (await kubectl(...pods, "--field-selector=status.phase=Running", "-o", shown)).split(" ");
}

async function sendSpan(name: string): Promise<void> {
  const span = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name, kind: 1 };
  const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  for (const address of nonEmpty(await collectors())) {
    const sent = await fetch(`http://${address}:4318/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(sent.status).toBe(200);
  }
}

/** Changes a file of the platform in Git, as a person would. */
async function commit(path: string, from: string, to: string): Promise<void> {
  await git("pull", "--quiet", "--rebase");
  const file = copyOf("platform", folder, path);
  const text = await readFile(file, "utf8");
  expect(text).toContain(from);
  await writeFile(file, text.replaceAll(from, to));
  await git("commit", "--quiet", "--all", "--message", `${from} becomes ${to}`);
  await git("push", "--quiet");
  const refresh = "argocd.argoproj.io/refresh=normal";
  await kubectl("-n", "argocd", "annotate", "applications", "--all", "--overwrite", refresh);
}

/** Changes the address that the Collector sends spans to, and restarts it: it reads its configuration once. */
async function pointCollectors(from: string, to: string): Promise<void> {
  await commit("manifests/collector/objects.yaml", from, to);
  const config = () => kubectl("-n", "monitoring", "get", "configmap", "collector", "-o", "jsonpath={.data}");
  await expect.poll(config, { timeout: 60_000 }).toContain(to);
  await kubectl("-n", "monitoring", "rollout", "restart", "deployment/collector");
  await kubectl("-n", "monitoring", "rollout", "status", "deployment/collector", "--timeout=60s");
}

interface Breakage {
  readonly what: string;
  readonly root: string;
  readonly broken: () => Promise<unknown>;
  /** What bootstrap does not repair. */
  readonly repaired?: () => Promise<unknown>;
}

const breakages: readonly Breakage[] = [
  {
    what: "istiod is scaled to 0",
    root: "platform/istio Istio",
    broken: () => kubectl("-n", "istio-system", "scale", "deployment/istiod-1-31-0", "--replicas=0"),
    repaired: () => kubectl("-n", "istio-system", "scale", "deployment/istiod-1-31-0", "--replicas=2"),
  },
  {
    what: "a chart's version does not exist",
    root: "gitops/source application platform-external-secrets",
    broken: () =>
      commit("applications/external-secrets.yaml", "charts/external-secrets/0.", "charts/external-secrets/9."),
  },
  {
    what: "the role of the secret store is gone",
    root: "secrets/store store ClusterSecretStore aws-secrets-manager",
    broken: () => removeRole(),
  },
  {
    what: "the Collector sends to an address where nothing listens",
    root: "tracing/collector 2 Collectors",
    async broken() {
      await pointCollectors("tracing.sandbox.svc", "nothing.sandbox.svc");
      await sendSpan("lost");
      const words = ["probe", "--in-pod", "otlp+http://collector.monitoring.svc.cluster.local:4320"];
      expect((await gennet(...words)).exit).toBe(3);
    },
    repaired: () => pointCollectors("nothing.sandbox.svc", "tracing.sandbox.svc"),
  },
  {
    what: "a commit lets one namespace accept plain text",
    root: "mesh/mtls pod sandbox/orders",
    async broken() {
      await own.apply(restricted(echo("orders", "sandbox")));
      await kubectl("-n", "sandbox", "wait", "--for=condition=Ready", "pod", "orders", "--timeout=120s");
      const metadata = { name: "default", namespace: "sandbox" };
      const spec = { mtls: { mode: "PERMISSIVE" } };
      const permissive = { apiVersion: "security.istio.io/v1", kind: "PeerAuthentication", metadata, spec };
      const next = "apiVersion: telemetry.istio.io/v1\n";
      await commit("manifests/mesh-policies/objects.yaml", next, `${JSON.stringify(permissive)}\n---\n${next}`);
    },
  },
];

/** Removes the role, which leaves External Secrets without credentials; it looks at its stores again. */
async function removeRole(): Promise<void> {
  const iam = new IAMClient({ region, ...accountOf(region, own.variables) });
  const RoleName = `sandbox-${region}-external-secrets`;
  const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
  for (const PolicyName of nonEmpty(PolicyNames)) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
  iam.destroy();
  await kubectl("annotate", "clustersecretstore", "aws-secrets-manager", "--overwrite", `test/at=${Date.now()}`);
}

describe("a platform of which something breaks", () => {
  it.each(breakages.map((each) => [each.what, each] as const))(
    "If %s, status finds exactly that, and nothing once it is repaired",
    async (_what, { root, broken, repaired }) => {
      await broken();
      const patience = { timeout: 120_000, interval: 2000 };
      await expect.poll(roots, patience).toEqual([expect.stringMatching(new RegExp(`^${root}`))]);
      await repaired?.();
      expect(await gennet("region", "bootstrap", "--yes")).toMatchObject({ exit: 0 });
      await expect.poll(roots, patience).toEqual([]);
    },
  );

  it("The runbook spans-not-delivered passes its test", async () => {
    const words = ["runbook", "test", "spans-not-delivered", "--name", "region-platform", "-o", "json"];
    const { env, cwd } = place();
    const { exit, stdout, stderr } = await runGennet(words, { env: { ...env, XDG_STATE_HOME: own.stateHome }, cwd });
    expect(exit, `${stdout}\n${stderr}`).toBe(0);
    const document = JSON.parse(stdout) as RunbookTests;
    expect(document.items.map(({ id, outcome }) => [id, outcome])).toEqual([["spans-not-delivered", "passed"]]);
    await expect.poll(roots, { timeout: 60_000, interval: 2000 }).toEqual([]);
  }, 600_000);
});

/** Makes a release of gennet that brings the next version of Istio: this one's package with another set of versions. */
async function nextGennet(): Promise<string> {
  const folder = join(work, "next");
  await cp(join(work, "package"), folder, { recursive: true });
  const bundle = join(folder, "dist");
  let changed = 0;
  for (const file of await readdir(bundle, { recursive: true })) {
    if (!file.endsWith(".js")) continue;
    const text = await readFile(join(bundle, file), "utf8");
    const replaced = text.replace(/(argoCd:.{0,20}istio:.)1\.31\.0/, "$11.31.1");
    if (replaced === text) continue;
    changed++;
    await writeFile(join(bundle, file), replaced);
  }
  expect(changed).toBeGreaterThan(0);
  return join(folder, "bin", "gennet");
}

/** Calls a service through the gateway's pods that are ready, as a load balancer does, until it is told to stop. */
function underLoad(host: string): { readonly end: () => Promise<readonly string[]> } {
  const answers: string[] = [];
  const ending = new AbortController();
  const shown = "jsonpath={.items[*].endpoints[?(@.conditions.ready==true)].addresses[0]}";
  const slices = ["-n", "istio-ingress", "get", "endpointslices", "-l", "kubernetes.io/service-name=istio-ingress"];
  const call = async (): Promise<void> => {
    const addresses = (await kubectl(...slices, "-o", shown)).split(" ");
    for (const address of nonEmpty(addresses)) {
      const argv = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--max-time", "10"];
      const sent = promisify(execFile)("curl", [...argv, "--header", `Host: ${host}`, `http://${address}/`]);
      answers.push(
        await sent.then(
          ({ stdout }) => stdout,
          (error: Error) => error.message,
        ),
      );
    }
  };
  const calling = (async (): Promise<void> => {
    while (!ending.signal.aborted) await call();
  })();
  return {
    end: async () => {
      ending.abort();
      await calling;
      return answers;
    },
  };
}

/** Runs Cypher as the administrator, through a port-forward; returns `value` of the first row. */
async function cypher(password: string, query: string): Promise<unknown> {
  return forwarded("neo4j/neo4j-0", 7687, own.variables, async (url) => {
    const driver = neo4j.driver(`bolt://${new URL(url).host}`, neo4j.auth.basic("neo4j", password));
    try {
      return (await driver.executeQuery(query)).records[0]?.get("value") as unknown;
    } finally {
      await driver.close();
    }
  });
}

describe("a platform that gets Neo4j", () => {
  const loginsOfNeo4j = async (): Promise<readonly string[]> => {
    const { stdout } = await gennet("status", "--only", "data/neo4j", "-o", "json", "-q");
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly Finding[] };
    return findings
      .filter(({ id }) => id === "data/neo4j")
      .map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);
  };

  it("Bootstrap brings it, its password is the one of the secret, and a restart keeps what was written", async ({
    skip,
  }) => {
    skip(!isNightly, onlyAtNight);
    const file = join(work, "gennet.yaml");
    const { stores, ...rest } = parse(await readFile(file, "utf8")) as { readonly stores: object };
    await writeFile(file, JSON.stringify({ ...rest, stores: { ...stores, graph: "neo4j" } }));
    const { exit, stdout, stderr } = await gennet("region", "bootstrap", "--yes", "-o", "json", "-q");
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    const { regions } = JSON.parse(stdout) as {
      readonly regions: readonly { readonly gates: readonly PassedGate[] }[];
    };
    const shown = regions[0]?.gates.find(({ gate }) => gate === "data stores reachable")?.shown;
    expect(shown).toContain("Neo4j: Neo4j at neo4j.neo4j.svc.cluster.local accepts the login");

    const stored = await kubectl("-n", "neo4j", "get", "secret", "neo4j", "-o", "jsonpath={.data.password}");
    const password = Buffer.from(stored, "base64").toString();
    await cypher(password, "CREATE (:Note {text: 'of the first'})");
    await expect(cypher(`not ${password}`, "RETURN 1 AS value")).rejects.toMatchObject({
      code: "Neo.ClientError.Security.Unauthorized",
    });
    await kubectl("-n", "neo4j", "delete", "pod", "neo4j-0");
    await kubectl("-n", "neo4j", "rollout", "status", "statefulset/neo4j", "--timeout=180s");
    expect(await cypher(password, "MATCH (note:Note) RETURN note.text AS value")).toBe("of the first");

    const secrets = new SecretsManagerClient({ region, ...accountOf(region, own.variables) });
    const uri = "bolt://neo4j.neo4j.svc.cluster.local:7687";
    for (const [name, word] of Object.entries({ right: password, wrong: `not ${password}` })) {
      const SecretString = JSON.stringify({ uri, username: "neo4j", password: word });
      await secrets.send(new CreateSecretCommand({ Name: `sandbox/${name}/neo4j`, SecretString }));
      await own.apply(externalSecret(name, `sandbox/${name}/neo4j`));
      await kubectl("wait", "--for=condition=Ready", "externalsecret", name, "--timeout=120s");
    }
    secrets.destroy();
    expect(await loginsOfNeo4j()).toEqual([
      "fail externalsecret default/wrong: from a pod: Neo4j rejects the login: Neo.ClientError.Security.Unauthorized",
      "ok 1 login of Neo4j: accepted from a pod of the mesh",
    ]);
    await kubectl("delete", "externalsecret", "right", "wrong");
    await expect.poll(roots, { timeout: 60_000, interval: 2000 }).toEqual([]);
  }, 1_200_000);
});

describe("another release of gennet, with a newer Istio", () => {
  it("Its bootstrap moves the mesh to a second istiod without a failed request, and removes the first", async ({
    skip,
  }) => {
    skip(!isNightly, onlyAtNight);
    const host = "ledger.sandbox.example";
    await own.apply(namespace("shop", { "istio-injection": "enabled" }));
    await own.apply(
      deployed(echo("ledger", "shop"), 2),
      service("ledger"),
      mesh("networking", "VirtualService", "ledger", {
        hosts: [host],
        gateways: ["istio-ingress/sandbox"],
        http: [{ route: [{ destination: { host: "ledger", port: { number: 80 } } }] }],
      }),
    );
    await kubectl("-n", "shop", "rollout", "status", "deployment/ledger", "--timeout=120s");
    const revisions = "jsonpath={.items[*].metadata.annotations.istio\\.io/rev}";
    const ofShop = async () => new Set((await kubectl("-n", "shop", "get", "pods", "-o", revisions)).split(" "));
    expect(await ofShop()).toEqual(new Set(["1-31-0"]));
    const before = await commits();
    const next = await nextGennet();
    const env = { ...own.variables, GENNET_IMAGE: "gennet:packed" };
    const plan = await run(process.execPath, [next, "region", "plan"], { env, cwd: work });
    expect(plan.stdout).toContain("Istio: version: 1.31.0 → 1.31.1");
    const load = underLoad(host);
    const { exit, stderr } = await run(process.execPath, [next, "region", "bootstrap", "--yes", "-q"], {
      env,
      cwd: work,
    });
    const answers = await load.end();
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(answers.length).toBeGreaterThan(50);
    expect(answers.filter((answer) => answer !== "200")).toEqual([]);
    expect(await ofShop()).toEqual(new Set(["1-31-1"]));
    const istiods = ["-n", "istio-system", "get", "deployments", "-l", "app=istiod", "-o"];
    expect(await kubectl(...istiods, "jsonpath={.items[*].metadata.name}")).toBe("istiod-1-31-1");
    expect((await commits()) - before).toBe(3);
    expect(await run(process.execPath, [next, "status"], { env, cwd: work })).toMatchObject({ exit: 0 });
    // The release before would downgrade it.
    expect(await gennet("region", "plan")).toMatchObject({
      exit: 3,
      stdout: expect.stringContaining("newer gennet"),
    });
  });
});

/** Returns how many commits the GitOps repository has. */
async function commits(): Promise<number> {
  await git("pull", "--quiet", "--rebase");
  const { stdout } = await promisify(execFile)("git", ["rev-list", "--count", "HEAD"], { cwd: copyOf("platform") });
  return Number(stdout);
}

function deployed(pod: object, replicas: number): object {
  const { metadata, spec } = pod as { metadata: { name: string; namespace: string; labels: object }; spec: object };
  const { name, namespace: of, labels } = metadata;
  const template = { metadata: { labels }, spec };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: of },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}

function externalSecret(name: string, key: string): object {
  const secretStoreRef = { kind: "ClusterSecretStore", name: "aws-secrets-manager" };
  const spec = { secretStoreRef, target: { name }, dataFrom: [{ extract: { key } }] };
  return { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret", metadata: { name }, spec };
}

describe("a platform that is left alone", () => {
  it("For ten minutes, everything stays synced and healthy, and Argo CD writes nothing", async ({ skip }) => {
    skip(!isNightly, onlyAtNight);
    const before = await writtenByArgoCd(kubectl);
    const states = "jsonpath={.metadata.name} {.status.sync.status} {.status.health.status}{'\\n'}";
    const { kubectl: program } = await referees();
    const watch = spawn(program, ["-n", "argocd", "get", "applications", "--watch", "-o", states], {
      env: { ...process.env, ...own.variables },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let seen = "";
    watch.stdout.setEncoding("utf8").on("data", (text: string) => (seen += text));
    await pause(10 * 60_000);
    expect(watch.exitCode).toBeNull();
    watch.kill();
    const lines = seen.trim().split("\n");
    expect(lines.filter((line) => !line.endsWith(" Synced Healthy"))).toEqual([]);
    // Argo CD has looked at each of them meanwhile.
    expect(lines.length).toBeGreaterThan(Object.keys(before).filter((name) => name.startsWith("Application ")).length);
    expect(await writtenByArgoCd(kubectl)).toEqual(before);
  });
});

/** The pod as the restricted standard for pods allows it. */
function restricted(pod: ReturnType<typeof echo>): object {
  const [container] = pod.spec.containers;
  const containers = [{ ...container, securityContext: restrictedContainer }];
  return { ...pod, spec: { ...pod.spec, securityContext: restrictedPod(10_001), containers } };
}

function namespace(name: string, labels: object = {}): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function echo(name: string, to: string) {
  const readinessProbe = { tcpSocket: { port: 8000 }, periodSeconds: 1 };
  const container = { name: "app", image: "echo:1", ports: [{ containerPort: 8000 }], readinessProbe };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: to, labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 1, containers: [container] },
  };
}

function service(name: string): object {
  const spec = { selector: { app: name }, ports: [{ name: "http", port: 80, targetPort: 8000 }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "shop" }, spec };
}

function mesh(group: string, kind: string, name: string, spec: object): object {
  return { apiVersion: `${group}.istio.io/v1`, kind, metadata: { name, namespace: "shop" }, spec };
}
