import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFileAbsent } from "../../src/core/file-error.ts";
import { SecretValue } from "../../src/core/secret-value.ts";
import { type Ended, type ProcessOptions, repository, runGennet } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { plantedIn } from "../support/planted.ts";
import { arrange, secretName, telling } from "../support/reader-combinations.ts";
import { referees } from "../support/referees.ts";

/**
 * Rotates a secret with the real External Secrets and real pods that read it as a variable and as a file, and rolls
 * back if a step fails.
 */
const name = "rot";
const region = "eu-central-1";
const secret = "acme/orders/api";
const values = ['first"value/+=&planted-1', 'second"value/+=&planted-2', 'third"value/+=&planted-3'] as const;
/** Values that must not appear in any output, including those of the generated readers. */
const planted: string[] = [...values];
const outputs: string[] = [];
let sandbox: FullSandbox;
/** The environment of the user who rotates: state, cache and temporary folder. */
let env: Record<string, string>;

async function secrets(command: string, argv: readonly string[], options: ProcessOptions = {}): Promise<Ended> {
  const ended = await runGennet(["secrets", command, secret, "-o", "json", "-v", ...argv], {
    env,
    cwd: sandbox.work,
    ...options,
  });
  outputs.push(ended.stdout, ended.stderr);
  return ended;
}

const aws = async (...argv: string[]): Promise<string> =>
  sandbox.succeed((await referees()).aws, "secretsmanager", ...argv, "--output", "json");

async function labels(): Promise<Record<string, string>> {
  const { VersionIdsToStages } = JSON.parse(await aws("describe-secret", "--secret-id", secret)) as {
    VersionIdsToStages: Record<string, string[]>;
  };
  const pairs = Object.entries(VersionIdsToStages).flatMap(([version, own]) => own.map((label) => [label, version]));
  return Object.fromEntries(pairs) as Record<string, string>;
}

interface Pod {
  readonly metadata: { readonly uid: string; readonly deletionTimestamp?: string };
  readonly status: { readonly podIP?: string };
}

async function pods(): Promise<readonly Pod[]> {
  const { items } = JSON.parse(await sandbox.kubectl("get", "pods", "-l", "app=orders", "-o", "json")) as {
    items: Pod[];
  };
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}

/** Returns the value that each pod itself reports. */
async function given(): Promise<(readonly [string | undefined, string | null])[]> {
  const all = (await pods()).map(async ({ status }) => {
    const answer = await fetch(`http://${status.podIP}:8000/`);
    const seen = (await answer.json()) as { env: Record<string, string>; secret: string | null };
    return [seen.env["API_KEY"], seen.secret] as const;
  });
  return Promise.all(all);
}

const both = (value: string) => [
  [value, value],
  [value, value],
];

interface PodSpec {
  readonly containers: readonly object[];
}

interface Rotation {
  readonly outcome: string;
  readonly failure?: { readonly code: string; readonly message: string };
  readonly findings: readonly { readonly id: string; readonly evidence?: unknown }[];
}

function answerOf({ stdout }: Ended): Rotation {
  const document = JSON.parse(stdout) as Rotation;
  assertDocument(document);
  return document;
}

async function operatorPid(): Promise<number> {
  const { items } = JSON.parse((await sandbox.sandbox("status")).stdout) as {
    items: readonly { readonly component: string; readonly pid: number }[];
  };
  return items.find(({ component }) => component === "external-secrets")?.pid ?? 0;
}

const external = {
  apiVersion: "external-secrets.io/v1",
  kind: "ExternalSecret",
  metadata: { name: "api", namespace: "default" },
  spec: {
    refreshInterval: "1h",
    secretStoreRef: { kind: "ClusterSecretStore", name: "aws" },
    data: [{ secretKey: "key", remoteRef: { key: secret, property: "key" } }],
  },
};

const deployment = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "orders" },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "orders" } },
    template: {
      metadata: { labels: { app: "orders" } },
      spec: {
        terminationGracePeriodSeconds: 5,
        containers: [
          {
            name: "app",
            image: "echo:1",
            ports: [{ name: "http", containerPort: 8000 }],
            readinessProbe: { httpGet: { path: "/ready", port: "http" }, periodSeconds: 1 },
            env: [{ name: "API_KEY", valueFrom: { secretKeyRef: { name: "api", key: "key" } } }],
            volumeMounts: [{ name: "api", mountPath: "/etc/secret" }],
          },
        ],
        volumes: [{ name: "api", secret: { secretName: "api" } }],
      },
    },
  },
};

beforeAll(async () => {
  sandbox = await fullSandbox(name, region);
  const own = { XDG_STATE_HOME: "state", XDG_CACHE_HOME: "cache", TMPDIR: "tmp" };
  env = { ...sandbox.env };
  for (const [variable, folder] of Object.entries(own)) {
    env[variable] = join(sandbox.work, "own", folder);
    await mkdir(env[variable] ?? "", { recursive: true });
  }
  const { stdout } = await runGennet(["sandbox", "env", "--platform", "--name", name], { env: sandbox.env });
  await writeFile(join(sandbox.work, "gennet.yaml"), stdout.replace(/^( +)cluster: .*$/m, `$&\n$1context: ${region}`));
  const image = join(repository, "test/support/real-pod");
  await sandbox.sandbox("image", "echo:1", image, "--", "python3", "server.py");
  await aws("create-secret", "--name", secret, "--secret-string", JSON.stringify({ user: "orders", key: values[0] }));
  const store = {
    apiVersion: "external-secrets.io/v1",
    kind: "ClusterSecretStore",
    metadata: { name: "aws" },
    spec: { provider: { aws: { service: "SecretsManager", region } } },
  };
  await sandbox.apply({ apiVersion: "v1", kind: "Node", metadata: { name: "n1" } }, store, external, deployment);
  await sandbox.kubectl("wait", "--for=condition=Available", "deployment/orders", "--timeout=120s");
}, 3_600_000);
afterAll(() => sandbox?.down());

const rotate = (value: string, more: readonly string[] = [], options: ProcessOptions = {}): Promise<Ended> =>
  secrets("rotate", ["--key", "key", "--stdin", "--yes", ...more], { input: `${value}\n`, ...options });

describe("a rotation", () => {
  it("A rotation brings the new value to every running pod, and verifies the values in the containers", async () => {
    expect(await given()).toEqual(both(values[0]));
    const ended = await rotate(values[1]);
    expect(ended.exit).toBe(0);
    const { outcome, findings } = answerOf(ended);
    expect(outcome).toBe("done");
    expect(findings.find(({ id }) => id === "secrets/pods")?.evidence).toEqual({ pods: 2, byFingerprint: 2 });
    expect(await given()).toEqual(both(values[1]));
    expect(Object.keys(await labels()).toSorted()).toEqual(["AWSCURRENT", "AWSPREVIOUS"]);
  });

  it("A rotation is rolled back if External Secrets is stopped, gives the reason, and restarts no pod", async () => {
    const before = { labels: await labels(), pods: (await pods()).map(({ metadata }) => metadata.uid).toSorted() };
    process.kill(await operatorPid());
    const ended = await rotate(values[2], ["--sync-timeout", "3s"]);
    expect(ended.exit).toBe(6);
    const { outcome, failure } = answerOf(ended);
    expect({ outcome, code: failure?.code }).toEqual({ outcome: "undone", code: "SECRET_NOT_SYNCED" });
    expect(failure?.message).toContain("Is its operator running?");
    const after = { labels: await labels(), pods: (await pods()).map(({ metadata }) => metadata.uid).toSorted() };
    expect(after).toEqual(before);
    expect(await given()).toEqual(both(values[1]));
    expect((await sandbox.sandbox("up")).exit).toBe(0);
  });

  it("A rotation that was killed continues with --resume, and not without it", async () => {
    const journals = join(env["XDG_STATE_HOME"] ?? "", "gennet/journal/secrets");
    const file = (await readdir(journals)).find((each) => each.endsWith(".jsonl")) ?? "";
    const begun = async (): Promise<boolean> => {
      const lines = (await readFile(join(journals, file), "utf8")).trimEnd().split("\n");
      const last = JSON.parse(lines.at(-1) ?? "{}") as { event?: string; stage?: string };
      return last.event === "change" && last.stage === `restart/${region}`;
    };
    const kill = new AbortController();
    const killed = rotate(values[2], [], { kill: kill.signal });
    await expect.poll(begun, { timeout: 60_000, interval: 20 }).toBe(true);
    kill.abort();
    expect((await killed).exit).toBeNull();

    const refused = await rotate(values[2]);
    expect(refused.exit).toBe(7);
    expect(JSON.parse(refused.stderr.trim().split("\n").at(-1) ?? "")).toMatchObject({
      code: "SECRET_ROTATION_UNFINISHED",
    });
    const resumed = await secrets("rotate", ["--resume", "--yes"]);
    expect(resumed.exit).toBe(0);
    expect(answerOf(resumed).outcome).toBe("done");
    expect(await given()).toEqual(both(values[2]));
  });

  it("A rotation is rolled back to the previous value", async () => {
    const ended = await secrets("rollback", ["--yes"]);
    expect(ended.exit).toBe(0);
    expect(await given()).toEqual(both(values[1]));
  });

  it("A rotation is rejected beforehand if an ExternalSecret would never refresh", async () => {
    const before = await labels();
    await sandbox.kubectl(
      "patch",
      "externalsecret",
      "api",
      "--type=merge",
      "-p",
      '{"spec":{"refreshPolicy":"CreatedOnce"}}',
    );
    const ended = await rotate(values[2]);
    expect(ended.exit).toBe(3);
    expect(ended.stderr).toContain("CreatedOnce");
    expect(await labels()).toEqual(before);
  });
});

describe("a generated reader, on the real operator", () => {
  const pod = { image: "echo:1", ports: [{ name: "http", containerPort: 8000 }] };
  const readinessProbe = { httpGet: { path: "/ready", port: "http" }, periodSeconds: 1 };
  let arn = "";

  beforeAll(async () => {
    const made = JSON.parse(await aws("create-secret", "--name", secretName, "--secret-string", "none")) as {
      ARN: string;
    };
    arn = made.ARN;
    await sandbox.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  });

  it.each(telling.map((choice) => [JSON.stringify(choice), choice] as const))(
    "A generated reader behaves like on the real operator: %s",
    async (_name, choice) => {
      const arranged = arrange(choice, region, arn);
      const { text, key, old, next, store, external: reader, deployment: workload, expected } = arranged;
      planted.push(next);
      await aws("put-secret-value", "--secret-id", secretName, "--secret-string", text(old));
      const { template, ...spec } = workload["spec"] as { template: { metadata: object; spec: PodSpec } };
      const containers = template.spec.containers.map((each) => ({ ...each, ...pod, readinessProbe }));
      const running = { ...template.spec, containers, terminationGracePeriodSeconds: 3 };
      const started = { ...workload, spec: { ...spec, template: { ...template, spec: running } } };
      await sandbox.apply(store, reader, started);
      const inShop = ["-n", "shop", "wait", "--timeout=120s"];
      await sandbox.kubectl(...inShop, "--for=condition=Ready", "externalsecret/db");
      await sandbox.kubectl(...inShop, "--for=condition=Available", "deployment/orders");
      try {
        const argv = [
          "secrets",
          "rotate",
          secretName,
          "-o",
          "json",
          "--stdin",
          "--yes",
          ...(key ? ["--key", key] : []),
        ];
        const ended = await runGennet(argv, { env, cwd: sandbox.work, input: `${next}\n` });
        outputs.push(ended.stdout, ended.stderr);
        expect({ exit: ended.exit, stderr: ended.exit === 0 ? "" : ended.stderr }).toEqual({
          exit: expected === "done" ? 0 : 3,
          stderr: expected === "done" ? "" : expect.stringContaining("SECRET_NOT_ROTATABLE"),
        });
        const verified = await runGennet(["secrets", "verify", secretName, "-o", "json"], { env, cwd: sandbox.work });
        expect(verified.exit).toBe(expected === "done" ? 0 : 5);
      } finally {
        await sandbox.kubectl("-n", "shop", "delete", "deployment/orders", "externalsecret/db", "--wait=true");
        await sandbox.kubectl("-n", "shop", "delete", "secretstores,clustersecretstores", "aws", "--ignore-not-found");
      }
    },
  );
});

describe("secret values", () => {
  it("No secret value is in answers, messages, journals, caches, temporary files or logs", async () => {
    // The folders of pods that end must not go while they are listed.
    await sandbox.kubectl("-n", "shop", "wait", "pods", "--all", "--for=delete", "--timeout=120s");
    const files = await readdir(sandbox.work, { recursive: true, withFileTypes: true });
    const kept = files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => path.startsWith(join(sandbox.work, "own")) || path.endsWith(".log"));
    expect(kept.filter((path) => path.endsWith(".jsonl")).length).toBeGreaterThan(1);
    const texts = await Promise.all(kept.map(textOf));
    expect(texts.filter((text) => text !== undefined).length).toBeGreaterThan(kept.length / 2);
    const leaks = kept.filter((_path, at) => plantedIn(texts[at] ?? "", planted).length > 0);
    expect(leaks).toEqual([]);
    expect(plantedIn(outputs.join("\n"), planted)).toEqual([]);
    expect(plantedIn(new SecretValue(values[0]).reveal(), values)).not.toEqual([]);
  });
});

/** Returns undefined for what is gone: the log of a pod goes with the pod. */
async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isFileAbsent(error)) return undefined;
    throw error;
  }
}
