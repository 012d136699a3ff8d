import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { processesIn } from "../../sandbox/src/processes/daemon.ts";
import { processTable } from "../../sandbox/src/processes/process-table.ts";
import { removeNetworks } from "../../sandbox/src/pods/network.ts";
import { killAll } from "../support/kill-all.ts";
import { type Ended, repository, run, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { forwarded } from "../support/port-forward.ts";
import { referees } from "../support/referees.ts";
import { traces } from "../support/kernel-traces.ts";
import { nonEmpty } from "../support/non-empty.ts";

/** Uses its own sandbox, because the tests damage it. */
const name = "pods";
const folder = join(repository, "test", "support", "real-pod");
let stateHome: string;
let variables: Record<string, string>;
let before: readonly string[];

const sandbox = (command: string, ...argv: string[]) =>
  runGennet(["sandbox", command, "--name", name, ...argv], { env: { XDG_STATE_HOME: stateHome } });
const kubectl = async (...argv: string[]): Promise<Ended> => run((await referees()).kubectl, argv, { env: variables });
const root = (): string => join(stateHome, "gennet", "sandbox", name);
const podsFolder = (): string => join(root(), "regions/eu-central-1/pods");

async function ok(ended: Promise<Ended>): Promise<string> {
  const { exit, stdout, stderr } = await ended;
  if (exit !== 0) throw new Error(stderr);
  return stdout;
}

async function apply(...objects: readonly object[]): Promise<void> {
  const file = join(stateHome, "objects.yaml");
  await writeFile(file, objects.map((object) => JSON.stringify(object)).join("\n---\n"));
  await ok(kubectl("apply", "-f", file));
}

interface PodView {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly restartCount: number;
      readonly ready: boolean;
      readonly containerID?: string;
      readonly state: {
        readonly waiting?: { readonly reason: string; readonly message?: string };
        readonly running?: object;
        readonly terminated?: { readonly exitCode: number };
      };
      readonly lastState: { readonly terminated?: { readonly exitCode: number; readonly reason: string } };
    }[];
  };
}

async function pods(app: string): Promise<readonly PodView[]> {
  const { items } = JSON.parse(await ok(kubectl("get", "pods", "-l", `app=${app}`, "-o", "json"))) as {
    items: PodView[];
  };
  return items;
}

async function pod(of: string): Promise<PodView> {
  return JSON.parse(await ok(kubectl("get", "pod", of, "-o", "json"))) as PodView;
}

const isReady = ({ status }: PodView): boolean =>
  status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;

/** Returns the ready pods of an app, once there are exactly so many. */
async function readyPods(app: string, count: number): Promise<readonly PodView[]> {
  await expect
    .poll(async () => (await pods(app)).map(isReady), { timeout: 60_000, interval: 200 })
    .toEqual(Array.from({ length: count }, () => true));
  return pods(app);
}

interface Seen {
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
  readonly host: string;
  readonly user: readonly number[];
  readonly folder: string;
  readonly secret: string | null;
  readonly shared: readonly string[] | null;
}

async function ask(address: string, path = "/"): Promise<Seen> {
  return (await (await fetch(`http://${address}:8000${path}`)).json()) as Seen;
}

const probes = {
  readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 1, failureThreshold: 1 },
  livenessProbe: { httpGet: { path: "/live", port: 8000 }, periodSeconds: 1, failureThreshold: 3 },
};
const container = { name: "app", image: "echo:1", ports: [{ name: "http", containerPort: 8000 }], ...probes };

function podOf(app: string, fields: object = {}, more: object = {}): object {
  const spec = { terminationGracePeriodSeconds: 5, containers: [{ ...container, ...more }], ...fields };
  return { apiVersion: "v1", kind: "Pod", metadata: { name: app, labels: { app } }, spec };
}

function deployment(app: string, replicas: number, image = "echo:1", more: object = {}): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: app },
    spec: {
      replicas,
      selector: { matchLabels: { app } },
      template: {
        metadata: { labels: { app } },
        spec: { terminationGracePeriodSeconds: 5, containers: [{ ...container, image, ...more }] },
      },
    },
  };
}

// Programs that are not cached are compiled first.
beforeAll(async () => {
  stateHome = await mkdtemp(join(tmpdir(), "gennet-pods-"));
  before = await traces(root());
  await ok(sandbox("up", "--regions", "eu-central-1"));
  const env = JSON.parse(await ok(sandbox("env", "-o", "json"))) as { variables: Record<string, string> };
  variables = env.variables;
  for (const image of ["echo:1", "echo:2"]) {
    await ok(sandbox("image", image, folder, "--", "python3", "server.py", image));
  }
  await apply({ apiVersion: "v1", kind: "Node", metadata: { name: "n1" } });
}, 3_600_000);
afterAll(async () => {
  await sandbox("down");
  await rm(stateHome, { recursive: true, force: true });
});

describe("gennet sandbox image", () => {
  it("gennet sandbox image lists the registered images, in its published schema", async () => {
    const document = JSON.parse(await ok(sandbox("image", "-o", "json"))) as { items: readonly object[] };
    assertDocument(document);
    expect(document.items).toEqual([
      { image: "echo:1", folder, command: ["python3", "server.py", "echo:1"] },
      { image: "echo:2", folder, command: ["python3", "server.py", "echo:2"] },
    ]);
  });

  it("gennet sandbox image leaves all other pods simulated", async () => {
    await apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "other" },
      spec: { containers: [{ name: "app", image: "elsewhere:1" }] },
    });
    await expect.poll(async () => (await pod("other")).status.phase, { timeout: 30_000 }).toBe("Running");
    expect((await pod("other")).status.podIP).toMatch(/^10\./);
    await ok(kubectl("delete", "pod", "other"));
  });
});

describe("a Deployment of a registered image", () => {
  const app = "web";
  beforeAll(async () => {
    await apply(
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: app },
        spec: { selector: { app }, ports: [{ port: 80, targetPort: "http" }] },
      },
      deployment(app, 2),
    );
  });
  afterAll(async () => {
    await ok(kubectl("delete", "deployment", app, "--cascade=foreground"));
  });
  const endpoints = async (): Promise<readonly string[]> => {
    const text = await ok(kubectl("get", "endpointslices", "-l", `kubernetes.io/service-name=${app}`, "-o", "json"));
    const { items } = JSON.parse(text) as {
      items: { endpoints?: { addresses: string[]; conditions: { ready: boolean } }[] }[];
    };
    return items
      .flatMap((item) => item.endpoints ?? [])
      .filter(({ conditions }) => conditions.ready)
      .flatMap(({ addresses }) => addresses)
      .sort();
  };

  it("A Deployment of a registered image becomes ready, its pods have working addresses, and reach each other", async () => {
    const [one, other] = (await readyPods(app, 2)) as [PodView, PodView];
    for (const { metadata, status } of [one, other]) {
      expect(await ask(status.podIP ?? "")).toMatchObject({ host: metadata.name, args: ["echo:1"], folder });
    }
    const fetchIt = `import urllib.request; print(urllib.request.urlopen("http://${other.status.podIP}:8000/").status)`;
    expect(await ok(kubectl("exec", one.metadata.name, "--", "python3", "-c", fetchIt))).toBe("200\n");
  });

  it("A Deployment of a registered image is scaled up and down", async () => {
    await ok(kubectl("scale", "deployment", app, "--replicas=3"));
    await readyPods(app, 3);
    await ok(kubectl("scale", "deployment", app, "--replicas=2"));
    await readyPods(app, 2);
    await expect.poll(async () => (await readdir(podsFolder())).length).toBe(2);
  });

  it("A Deployment of a registered image loses the endpoint of a pod that is not ready", async () => {
    const [one, other] = (await readyPods(app, 2)) as [PodView, PodView];
    await expect.poll(async () => (await endpoints()).length).toBe(2);
    await ask(one.status.podIP ?? "", "/set/unready").catch(() => undefined);
    await expect.poll(endpoints, { timeout: 20_000 }).toEqual([other.status.podIP]);
    await ok(kubectl("delete", "pod", one.metadata.name));
    await readyPods(app, 2);
  });

  it("A Deployment of a registered image is rolled out to another image", async () => {
    await apply(deployment(app, 2, "echo:2"));
    await ok(kubectl("rollout", "status", "deployment", app, "--timeout=60s"));
    for (const { status } of nonEmpty(await readyPods(app, 2))) {
      expect((await ask(status.podIP ?? "")).args).toEqual(["echo:2"]);
    }
  });
});

describe("a real pod", () => {
  beforeEach(async () => {
    await ok(kubectl("delete", "pods", "--all"));
  });

  it("A real pod has its variables, its volumes and its user, and does not change this machine's files", async () => {
    await apply(
      { apiVersion: "v1", kind: "Secret", metadata: { name: "keys" }, stringData: { key: "first" } },
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { COLOUR: "green" } },
      podOf(
        "full",
        {
          securityContext: { runAsNonRoot: true, runAsUser: 10001, runAsGroup: 10002 },
          volumes: [
            { name: "keys", secret: { secretName: "keys" } },
            { name: "shared", emptyDir: {} },
          ],
          initContainers: [
            {
              name: "init",
              image: "echo:1",
              command: ["touch", "/shared/$(FILE)"],
              env: [{ name: "FILE", value: "made" }],
              volumeMounts: [{ name: "shared", mountPath: "/shared" }],
            },
          ],
        },
        {
          env: [
            { name: "PASSWORD", valueFrom: { secretKeyRef: { name: "keys", key: "key" } } },
            { name: "ADDRESS", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
            { name: "TEXT", value: "$(PASSWORD)-$$(X)" },
          ],
          envFrom: [{ configMapRef: { name: "settings" }, prefix: "THE_" }],
          args: ["given"],
          volumeMounts: [
            { name: "keys", mountPath: "/etc/secret" },
            { name: "shared", mountPath: "/shared" },
          ],
        },
      ),
    );
    const [{ status }] = (await readyPods("full", 1)) as [PodView];
    const seen = await ask(status.podIP ?? "");
    expect(seen).toMatchObject({
      args: ["echo:1", "given"],
      user: [10001, 10002],
      secret: "first",
      shared: ["made"],
      env: { PASSWORD: "first", ADDRESS: status.podIP, TEXT: "first-$(X)", THE_COLOUR: "green" },
    });
    await apply({ apiVersion: "v1", kind: "Secret", metadata: { name: "keys" }, stringData: { key: "second" } });
    await expect.poll(async () => (await ask(status.podIP ?? "")).secret, { timeout: 20_000 }).toBe("second");
    expect((await ask(status.podIP ?? "")).env["PASSWORD"]).toBe("first");
    expect(await run("ls", ["/shared", "/etc/secret"])).toMatchObject({ exit: 2 });
  });

  it("A real pod does not show its secrets to other users", async () => {
    const secret = "a-secret-of-the-test";
    await apply(
      { apiVersion: "v1", kind: "Secret", metadata: { name: "keys" }, stringData: { key: secret } },
      podOf(
        "secretive",
        { volumes: [{ name: "keys", secret: { secretName: "keys" } }] },
        {
          env: [{ name: "PASSWORD", valueFrom: { secretKeyRef: { name: "keys", key: "key" } } }],
          volumeMounts: [{ name: "keys", mountPath: "/etc/secret" }],
        },
      ),
    );
    const [{ metadata, status }] = (await readyPods("secretive", 1)) as [PodView];
    expect(await ask(status.podIP ?? "")).toMatchObject({ secret, env: { PASSWORD: secret } });
    const file = join(podsFolder(), metadata.uid, "volumes/keys/key");
    expect((await run("cat", [file])).stdout).toBe(secret);
    const asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    expect(await run("setpriv", [...asNobody, "cat", file])).toMatchObject({ exit: 1, stdout: "" });
    const processes = nonEmpty((await processTable()).values());
    expect(processes.filter(({ args }) => args.join(" ").includes(secret))).toEqual([]);
    const kept = await run("grep", ["-rl", secret, join(root(), "logs"), join(root(), "state.json")]);
    expect(kept).toMatchObject({ exit: 1, stdout: "" });
  });

  it("A real pod supports kubectl logs, exec and port-forward", async () => {
    await apply(podOf("spoken", {}, { env: [{ name: "WORD", value: "inside" }] }));
    const [{ status }] = (await readyPods("spoken", 1)) as [PodView];
    await ask(status.podIP ?? "", "/hello");
    await expect.poll(() => ok(kubectl("logs", "spoken"))).toBe("listening\nasked for /hello\n");
    expect(await ok(kubectl("logs", "spoken", "--tail=1"))).toBe("asked for /hello\n");
    const exec = await kubectl("exec", "spoken", "--", "sh", "-c", "echo $WORD; hostname; exit 4");
    expect(exec).toMatchObject({ exit: 4, stdout: "inside\nspoken\n" });

    const answer = await forwarded("spoken", 8000, variables, async (url) => (await fetch(url)).json());
    expect(answer).toMatchObject({ host: "spoken" });
  });

  it("A real pod restarts after a crash: immediately, then after ten seconds", async () => {
    await apply(podOf("crashing"));
    const [{ status }] = (await readyPods("crashing", 1)) as [PodView];
    const crash = () => ask(status.podIP ?? "", "/crash").catch(() => undefined);
    await crash();
    const first = async () => (await pod("crashing")).status.containerStatuses?.[0];
    await expect.poll(async () => (await first())?.restartCount, { timeout: 20_000 }).toBe(1);
    await readyPods("crashing", 1);
    expect((await first())?.lastState.terminated).toMatchObject({ exitCode: 7, reason: "Error" });
    expect(await ok(kubectl("logs", "crashing", "--previous"))).toContain("listening");
    await crash();
    await expect
      .poll(async () => (await first())?.state.waiting, { timeout: 20_000, interval: 100 })
      .toMatchObject({ reason: "CrashLoopBackOff", message: expect.stringContaining("10s") });
    await expect.poll(async () => (await first())?.restartCount, { timeout: 30_000 }).toBe(2);
  });

  it("A real pod restarts when its liveness probe fails", async () => {
    await apply(podOf("stuck"));
    const [{ status }] = (await readyPods("stuck", 1)) as [PodView];
    await ask(status.podIP ?? "", "/set/dead").catch(() => undefined);
    await expect
      .poll(async () => (await pod("stuck")).status.containerStatuses?.[0]?.restartCount, { timeout: 30_000 })
      .toBe(1);
    expect(await ok(kubectl("logs", "stuck", "--previous"))).toContain("got TERM");
    await readyPods("stuck", 1);
  });

  it("A real pod is asked to end, and killed after its grace period", async () => {
    await apply(
      podOf("quick", { terminationGracePeriodSeconds: 60 }, { env: [{ name: "SLOW_END", value: "3" }] }),
      podOf("slow", { terminationGracePeriodSeconds: 2 }, { env: [{ name: "SLOW_END", value: "600" }] }),
    );
    await readyPods("quick", 1);
    await readyPods("slow", 1);
    const logs = kubectl("logs", "-f", "quick");
    await ok(kubectl("delete", "pod", "quick", "slow", "--timeout=40s"));
    expect((await logs).stdout).toContain("got TERM");
    await expect.poll(async () => readdir(podsFolder())).toEqual([]);
  });

  it("A real pod runs to completion as a Job", async () => {
    await apply(podOf("job", { restartPolicy: "Never" }, { command: ["sh", "-c", "echo done; exit 3"] }));
    await expect.poll(async () => (await pod("job")).status.phase, { timeout: 20_000 }).toBe("Failed");
    expect((await pod("job")).status.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(3);
    expect(await ok(kubectl("logs", "job"))).toBe("done\n");
  });

  it("A real pod is rejected with the name of a field that is not supported", async () => {
    await apply(podOf("refused", { hostNetwork: true }));
    await expect
      .poll(async () => (await pod("refused")).status.containerStatuses?.[0]?.state.waiting, { timeout: 20_000 })
      .toMatchObject({ reason: "UnsupportedField", message: expect.stringContaining("spec.hostNetwork") });
    expect(await ok(kubectl("get", "events", "--field-selector", "reason=UnsupportedField"))).toContain("pod/refused");
  });

  it("A real pod starts its sidecars first and ends them last", async () => {
    const volumeMounts = [{ name: "shared", mountPath: "/shared" }];
    const note = (word: string): string[] => [
      "sh",
      "-c",
      `echo ${word} up >> /shared/order; trap 'echo ${word} down >> /shared/order; exit 0' TERM; while :; do sleep 0.1; done`,
    ];
    const startupProbe = { exec: { command: ["test", "-e", "/shared/order"] }, periodSeconds: 1 };
    await apply(
      podOf(
        "meshed",
        {
          volumes: [{ name: "shared", emptyDir: {} }],
          initContainers: [
            {
              name: "proxy",
              image: "echo:1",
              restartPolicy: "Always",
              command: note("proxy"),
              startupProbe,
              volumeMounts,
            },
          ],
        },
        { command: note("app"), readinessProbe: undefined, livenessProbe: undefined, volumeMounts },
      ),
    );
    const [{ metadata }] = (await readyPods("meshed", 1)) as [PodView];
    const file = join(podsFolder(), metadata.uid, "volumes/shared/order");
    await expect.poll(async () => (await run("cat", [file])).stdout).toBe("proxy up\napp up\n");
    const watching = run("sh", ["-c", `tail -F -n +1 ${file} 2>/dev/null | sed '/proxy down/q'`]);
    await ok(kubectl("delete", "pod", "meshed"));
    expect((await watching).stdout).toBe("proxy up\napp up\napp down\nproxy down\n");
  });
});

async function unavailableApis(): Promise<readonly string[]> {
  const { items } = JSON.parse(await ok(kubectl("get", "apiservices", "-o", "json"))) as {
    items: { metadata: { name: string }; status: { conditions: { type: string; status: string }[] } }[];
  };
  return items
    .filter(({ status }) => status.conditions.find(({ type }) => type === "Available")?.status !== "True")
    .map(({ metadata }) => metadata.name);
}

describe("the usage of real pods", () => {
  const app = "scaled";
  const autoscaler = {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: app },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: app },
      minReplicas: 1,
      maxReplicas: 2,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } },
      ],
    },
  };
  const utilisation = async (): Promise<number | undefined> => {
    const { status } = JSON.parse(await ok(kubectl("get", "hpa", app, "-o", "json"))) as {
      status: { currentMetrics?: { resource: { current: { averageUtilization: number } } }[] };
    };
    return status.currentMetrics?.[0]?.resource.current.averageUtilization;
  };
  /** Returns millicores and MiB of each pod, as `kubectl top` reports them. */
  const top = async (selector: string): Promise<Readonly<Record<string, readonly [cpu: number, memory: number]>>> => {
    const lines = (await ok(kubectl("top", "pods", "-l", selector, "--no-headers"))).split("\n");
    return Object.fromEntries(
      lines.flatMap((line) => {
        const [, of = "", cpu, memory] = /^(\S+)\s+(\d+)m\s+(\d+)Mi\s*$/.exec(line) ?? [];
        return of === "" ? [] : [[of, [Number(cpu), Number(memory)] as const]];
      }),
    );
  };
  afterAll(async () => {
    await ok(kubectl("delete", "hpa,deployment", app, "--cascade=foreground"));
  });

  it("kubectl top shows the usage of real pods, with their current labels", async () => {
    await apply(deployment(app, 1, "echo:1", { resources: { requests: { cpu: "100m" } } }), autoscaler);
    const [{ metadata }] = (await readyPods(app, 1)) as [PodView];
    const patient = { timeout: 60_000, interval: 1_000 };
    await expect.poll(async () => Object.keys(await top(`app=${app}`)), patient).toEqual([metadata.name]);
    expect((await top(`app=${app}`))[metadata.name]?.[1]).toBeGreaterThan(0);
    expect(await top("tier=loud")).toEqual({});
    await ok(kubectl("label", "pod", metadata.name, "tier=loud"));
    await expect.poll(async () => Object.keys(await top("tier=loud")), patient).toEqual([metadata.name]);
    expect(await unavailableApis()).toEqual([]);
  });

  it("An autoscaler adds a pod when the usage of real pods is too high", async () => {
    const patient = { timeout: 180_000, interval: 1_000 };
    await expect.poll(utilisation, patient).toBeLessThan(50);
    const [{ metadata, status }] = (await readyPods(app, 1)) as [PodView];
    await ask(status.podIP ?? "", "/burn");
    await expect.poll(async () => (await top(`app=${app}`))[metadata.name]?.[0], patient).toBeGreaterThan(50);
    await expect.poll(async () => (await pods(app)).length, patient).toBe(2);
    await readyPods(app, 2);
  });
});

describe("real pods after a kill", () => {
  const kill = async (component: string): Promise<void> => {
    const { items } = JSON.parse((await sandbox("status", "-o", "json")).stdout) as {
      items: { component: string; pid?: number }[];
    };
    const pid = items.find((item) => item.component === component)?.pid as number;
    process.kill(pid, "SIGKILL");
    await expect.poll(async () => (await processTable()).has(pid)).toBe(false);
  };

  it("The pods of a killed runtime keep running, and the next one takes them over", async () => {
    await apply(podOf("kept"), podOf("left"));
    const [kept] = (await readyPods("kept", 1)) as [PodView];
    await readyPods("left", 1);
    await kill("pod-runtime");
    expect(await ask(kept.status.podIP ?? "")).toMatchObject({ host: "kept" });
    await ok(kubectl("delete", "pod", "left", "--force", "--grace-period=0"));
    await ok(sandbox("up"));
    await expect.poll(async () => readdir(podsFolder())).toEqual([kept.metadata.uid]);
    const after = await pod("kept");
    expect(after.status.containerStatuses).toEqual(kept.status.containerStatuses);
    await ask(kept.status.podIP ?? "", "/crash").catch(() => undefined);
    await expect
      .poll(async () => (await pod("kept")).status.containerStatuses?.[0]?.restartCount, { timeout: 20_000 })
      .toBe(1);
    await readyPods("kept", 1);
  });

  it("Real pods are restored when only their files are left, as after a restart of the machine", async () => {
    await ok(kubectl("delete", "pods", "--all"));
    await apply(podOf("kept"));
    await readyPods("kept", 1);
    killAll(processesIn(await processTable(), root()));
    await expect.poll(async () => processesIn(await processTable(), root())).toEqual([]);
    await removeNetworks(root());
    await ok(sandbox("up"));
    await expect
      .poll(async () => (await pod("kept")).status.containerStatuses?.[0]?.restartCount, { timeout: 60_000 })
      .toBe(1);
    const [{ status }] = (await readyPods("kept", 1)) as [PodView];
    expect(await ask(status.podIP ?? "")).toMatchObject({ host: "kept" });
    await expect.poll(unavailableApis, { timeout: 60_000, interval: 1_000 }).toEqual([]);
  });

  it("sandbox down leaves no process, namespace, interface, mount or file of real pods", async () => {
    await apply(deployment("last", 2));
    await readyPods("last", 2);
    expect(await traces(root())).not.toEqual(before);
    await ok(sandbox("down"));
    expect(await traces(root())).toEqual(before);
    expect(processesIn(await processTable(), root())).toEqual([]);
    expect(await readdir(join(stateHome, "gennet", "sandbox"))).toEqual([]);
  });

  it("sandbox down leaves nothing of real pods, even if everything was killed before", async () => {
    await ok(sandbox("up", "--regions", "eu-central-1"));
    variables = (JSON.parse(await ok(sandbox("env", "-o", "json"))) as { variables: Record<string, string> }).variables;
    await ok(sandbox("image", "echo", folder, "--", "python3", "server.py"));
    await apply({ apiVersion: "v1", kind: "Node", metadata: { name: "n1" } }, deployment("last", 2));
    await readyPods("last", 2);
    killAll(processesIn(await processTable(), root()));
    await ok(sandbox("down"));
    expect(await traces(root())).toEqual(before);
    expect(processesIn(await processTable(), root())).toEqual([]);
    expect(await readdir(join(stateHome, "gennet", "sandbox"))).toEqual([]);
  });
});
