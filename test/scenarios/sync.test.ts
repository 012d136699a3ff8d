import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppError } from "../../src/core/error.ts";
import { followApplications } from "../../src/gitops/live-applications.ts";
import { syncApplication } from "../../src/gitops/sync-application.ts";
import type { SyncedApplication } from "../../src/gitops/sync-report.ts";
import { createArgoCd } from "../../src/k8s/argocd/argocd.ts";
import { connect } from "../../src/k8s/connect.ts";
import type { Ended } from "../support/cli.ts";
import { assertDocument } from "../support/documents.ts";
import { type FullSandbox, fullSandbox } from "../support/full-sandbox.ts";
import { commandsFor } from "../support/region-commands.ts";
import { realClock } from "../support/real-clock.ts";

/** Runs `gennet sync` against a real Argo CD, and compares the results with Argo CD's own command. */
const region = "eu-west-1";
const argocdApi = "argoproj.io/v1alpha1";
const soon = { timeout: 120_000, interval: 250 };
let whole: FullSandbox;

beforeAll(async () => {
  whole = await fullSandbox("sync", region);
}, 3_600_000);
afterAll(() => whole.down());

interface AppOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly project?: string;
  readonly syncPolicy?: object;
}

const configMap = (name: string, value: string): string =>
  JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } });

/**
 * A hook that runs as long as the test needs: its pod is never scheduled, so it stays Pending until the test writes its
 * result.
 */
const hook = (name: string): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      annotations: {
        "argocd.argoproj.io/hook": "Sync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
      },
    },
    spec: { restartPolicy: "Never", containers: [{ name: "hook", image: "hook:1" }] },
  });

/** Ends the running hook of this name; returns its uid. */
async function endHook(name: string, phase: "Succeeded" | "Failed", not = ""): Promise<string> {
  const uid = (): Promise<string> =>
    whole.kubectl("get", "pod", name, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}");
  await expect.poll(async () => ![not, ""].includes(await uid()), soon).toBe(true);
  const patch = JSON.stringify({ status: { phase, message: `the test says ${phase}` } });
  await whole.kubectl("patch", "pod", name, "--subresource=status", "--type=merge", "-p", patch);
  return uid();
}

/** Creates an Application whose folder is in Git and that Argo CD has compared; returns the commit. */
async function application(name: string, { files = {}, project = "default", syncPolicy = {} }: AppOptions = {}) {
  const folder = { [`${name}/settings.json`]: configMap(name, "one") };
  const more = Object.entries(files).map(([file, text]) => [`${name}/${file}`, text]);
  const commit = await whole.push({ ...folder, ...Object.fromEntries(more) });
  await whole.apply({
    apiVersion: argocdApi,
    kind: "Application",
    metadata: { name, namespace: "argocd" },
    spec: {
      project,
      source: { repoURL: whole.full.gitops, path: name, targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace: "default" },
      syncPolicy,
    },
  });
  await expect.poll(async () => (await live(name)).status?.sync?.status, soon).toBe("OutOfSync");
  return commit;
}

interface Live {
  readonly operation?: { readonly info?: readonly { readonly value: string }[] };
  readonly status?: {
    readonly sync?: { readonly status: string; readonly revision: string };
    readonly health?: { readonly status: string };
    readonly operationState?: {
      readonly phase: string;
      readonly message: string;
      readonly finishedAt?: string;
      readonly retryCount?: number;
      readonly operation: { readonly info?: readonly { readonly name: string; readonly value: string }[] };
    };
  };
}

/** Reads it from the API server. */
async function live(name: string): Promise<Live> {
  return JSON.parse(await whole.kubectl("get", "application", name, "-n", "argocd", "-o", "json")) as Live;
}

/** Reads it with Argo CD's own command. */
async function referee(name: string): Promise<Live> {
  return JSON.parse(await whole.argocd("app", "get", name, "-o", "json")) as Live;
}

type Synced = Ended & { readonly id: string; readonly item: SyncedApplication };

/** A running `gennet sync`, and a promise for the moment when its output contains these words. */
function start(name: string, words: string): { readonly done: Promise<Synced>; readonly says: Promise<void> } {
  let heard: () => void = () => undefined;
  const says = new Promise<void>((resolve) => (heard = resolve));
  const done = sync([name], (chunk) => chunk.includes(words) && heard());
  const never = done.then(({ stdout }) => Promise.reject(new Error(`never said "${words}", but ${stdout}`)));
  return { done, says: Promise.race([says, never]) };
}

async function sync(argv: readonly string[], hear: (chunk: string) => void = () => undefined): Promise<Synced> {
  const ended = await whole.gennet(["sync", "-o", "json", "--timeout", "4m", ...argv], hear);
  if (ended.stdout === "") throw new Error(ended.stderr);
  const report = JSON.parse(ended.stdout) as { id: string; items: readonly [SyncedApplication] };
  assertDocument(report);
  return { ...ended, id: report.id, item: report.items[0] };
}

/** Returns the findings that are not ok, as `id severity`. */
async function findings(): Promise<string[]> {
  const { stdout } = await whole.gennet(["status", "--only", "gitops", "-o", "json"]);
  const report = JSON.parse(stdout) as { findings: readonly { id: string; severity: string }[] };
  return report.findings
    .filter(({ severity }) => !["ok", "skip"].includes(severity))
    .map(({ id, severity }) => `${id} ${severity}`);
}

describe("gennet sync", () => {
  it("gennet sync deploys a commit, like Argo CD's own command", async () => {
    const commit = await application("plain");
    expect(await findings()).toEqual(["gitops/sync warn", "gitops/health warn"]);
    expect((await sync(["plain", "--dry-run"])).exit).toBe(8);
    const { exit, id, item } = await sync(["plain"]);
    expect(exit).toBe(0);
    expect(item).toMatchObject({ outcome: "succeeded", revisions: [commit], sync: "Synced", health: "Healthy" });
    const { status } = await referee("plain");
    expect(status).toMatchObject({ sync: { status: "Synced", revision: commit }, health: { status: "Healthy" } });
    expect(status?.operationState).toMatchObject({
      phase: "Succeeded",
      operation: { info: [{ name: "gennet.id", value: id }] },
    });
    expect(await whole.kubectl("get", "configmap", "plain", "-o", "jsonpath={.data.value}")).toBe("one");
    expect((await sync(["plain", "--dry-run"])).exit).toBe(0);
    expect(await findings()).toEqual([]);
    await whole.push({ "plain/settings.json": configMap("plain", "two") });
    expect((await sync(["plain", "--dry-run", "--refresh"])).exit).toBe(8);
    expect((await sync(["plain"])).exit).toBe(0);
  });

  it("gennet app list and tree show what Argo CD shows", async () => {
    const list = JSON.parse((await whole.gennet(["app", "list", "-o", "json"])).stdout) as {
      items: { name: string }[];
    };
    assertDocument(list);
    const theirs = JSON.parse(await whole.argocd("app", "list", "-o", "json")) as { metadata: { name: string } }[];
    expect(list.items.map(({ name }) => name)).toEqual(theirs.map(({ metadata }) => metadata.name).sort());
    const tree = await whole.gennet(["app", "tree", "plain", "-o", "json"]);
    assertDocument(JSON.parse(tree.stdout));
    expect(JSON.parse(tree.stdout)).toMatchObject({
      items: [{ resources: [{ kind: "ConfigMap", name: "plain", sync: "Synced" }] }],
    });
  });

  it("gennet sync fails with the message of a failed hook", async () => {
    await application("hooked", { files: { "hook.json": hook("hooked") } });
    const [{ exit, item }] = await Promise.all([sync(["hooked"]), endHook("hooked", "Failed")]);
    expect(exit).toBe(3);
    expect(item.outcome).toBe("failed");
    expect(item.message).toContain("Pod hooked: the test says Failed");
    expect((await referee("hooked")).status?.operationState).toMatchObject({ phase: "Failed" });
    expect(await findings()).toContain("gitops/operation fail");
    const [again] = await Promise.all([sync(["hooked"]), endHook("hooked", "Succeeded", await uidOf("hooked"))]);
    expect(again.item).toMatchObject({ outcome: "succeeded" });
    expect(await findings()).toEqual([]);
  });

  it("gennet sync waits behind an operation in progress, and then runs its own", async () => {
    await application("queued", { files: { "hook.json": hook("queued") } });
    await whole.argocd("app", "sync", "queued", "--async");
    const busy = await sync(["queued", "--async"]);
    expect([busy.exit, busy.item.outcome]).toEqual([7, "busy"]);
    const ours = start("queued", "waiting for another operation");
    await ours.says;
    const first = await endHook("queued", "Succeeded");
    await endHook("queued", "Succeeded", first);
    const { exit, id, item } = await ours.done;
    expect(exit).toBe(0);
    expect(item).toMatchObject({ outcome: "succeeded", behind: expect.any(String) });
    expect((await referee("queued")).status?.operationState?.operation.info?.[0]?.value).toBe(id);
  });

  it("gennet sync is superseded by an automated sync that starts before its result is healthy", async () => {
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "raced" },
      spec: {
        selector: { matchLabels: { app: "raced" } },
        template: { metadata: { labels: { app: "raced" } }, spec: { containers: [{ name: "app", image: "app:1" }] } },
      },
    };
    await application("raced", { files: { "deployment.json": JSON.stringify(deployment) } });
    // Its pods are never scheduled, so it stays Progressing.
    const ours = start("raced", "progressing");
    await ours.says;
    await whole.push({ "raced/settings.json": configMap("raced", "two") });
    const automated = JSON.stringify({ spec: { syncPolicy: { automated: {} } } });
    await whole.kubectl("patch", "application", "raced", "-n", "argocd", "--type=merge", "-p", automated);
    await whole.kubectl("annotate", "application", "raced", "-n", "argocd", "argocd.argoproj.io/refresh=hard");
    const { exit, id, item } = await ours.done;
    expect(exit).toBe(7);
    expect(item.outcome).toBe("superseded");
    expect(item.message).toContain("automated sync");
    expect((await referee("raced")).status?.operationState?.operation.info?.[0]?.value).not.toBe(id);
    await whole.kubectl("delete", "application", "raced", "-n", "argocd");
  });

  it("gennet sync is superseded by an operation that replaces its own while it runs", async () => {
    await application("taken", { files: { "hook.json": hook("taken") } });
    const ours = start("taken", "waiting for completion of hook");
    await ours.says;
    const theirs = { operation: { initiatedBy: { username: "jo" }, info: [{ name: "ticket", value: "7" }], sync: {} } };
    await whole.kubectl("patch", "application", "taken", "-n", "argocd", "--type=merge", "-p", JSON.stringify(theirs));
    const { exit, item } = await ours.done;
    expect([exit, item.outcome]).toEqual([7, "superseded"]);
    expect(item.message).toContain("jo");
    await endHook("taken", "Succeeded");
  });

  it("gennet sync does not treat the pause before a retry as the end", async () => {
    const retry = { limit: 3, backoff: { duration: "3s", factor: 1, maxDuration: "3s" } };
    await application("retried", { files: { "hook.json": hook("retried") }, syncPolicy: { retry } });
    const ours = start("retried", "pausing before try 2");
    const first = await endHook("retried", "Failed");
    await ours.says;
    await endHook("retried", "Succeeded", first);
    const { exit, item } = await ours.done;
    expect(exit).toBe(0);
    expect(item).toMatchObject({ outcome: "succeeded", retries: 1 });
    expect((await referee("retried")).status?.operationState).toMatchObject({ phase: "Succeeded", retryCount: 1 });
  });

  it("gennet sync requests nothing while a sync window blocks it, and Argo CD's own command rejects it, too", async () => {
    const project = (syncWindows: readonly object[]): object => ({
      apiVersion: argocdApi,
      kind: "AppProject",
      metadata: { name: "frozen", namespace: "argocd" },
      spec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }], syncWindows },
    });
    const freeze = { kind: "deny", schedule: "* * * * *", duration: "1h", applications: ["*"], description: "INC-7" };
    await whole.apply(project([freeze]));
    await application("frozen", { project: "frozen" });
    await expect(whole.argocd("app", "sync", "frozen")).rejects.toThrow("blocked by sync window");
    const { exit, item } = await sync(["frozen"]);
    expect([exit, item.outcome]).toEqual([7, "blocked"]);
    expect(item.message).toContain("INC-7");
    expect((await live("frozen")).operation).toBeUndefined();
    expect(await findings()).toContain("gitops/window warn");
    await whole.apply(project([{ ...freeze, manualSync: true }]));
    expect((await sync(["frozen"])).item.outcome).toBe("succeeded");
  });

  it("gennet sync repeats a write that conflicted, with the newer state", async () => {
    await application("changed");
    const { env } = whole;
    const stop = new AbortController();
    const options = {
      env,
      home: "/nowhere",
      clock: realClock,
      requestTimeoutMs: 15_000,
      aws: never,
      kubectl: "kubectl",
    };
    const cluster = await connect({ name: region, context: region }, options, stop.signal);
    const argocd = createArgoCd(cluster);
    const live = await followApplications(
      (signal) => argocd.watch({ namespace: "argocd" }, signal),
      (error) => {
        throw error;
      },
      stop.signal,
    );
    const refusals: unknown[] = [];
    const meddled: typeof argocd = {
      ...argocd,
      requestSync: async (...args) => {
        const touch = `test/touched=${refusals.length}`;
        if (refusals.length < 2)
          await whole.kubectl("annotate", "application", "changed", "-n", "argocd", "--overwrite", touch);
        return argocd.requestSync(...args).catch((error: unknown) => {
          refusals.push(error instanceof AppError ? error.code : error);
          throw error;
        });
      },
    };
    const begun = live.find("changed");
    if (begun === undefined) throw new Error("the Application does not exist");
    const flags = { prune: false, async: false, terminate: false, settleMs: 30_000 };
    const told = { report: () => undefined, note: () => undefined };
    const how = { region, commands: commandsFor(region), id: "conflict", ...flags, ...told, clock: realClock };
    const ended = await syncApplication(begun, live, meddled, { ...how, signal: stop.signal });
    live.stop();
    await cluster.close();
    expect(refusals).toEqual(["KUBE_CONFLICT", "KUBE_CONFLICT"]);
    expect(ended.outcome).toBe("succeeded");
  });

  it("gennet sync continues when Argo CD is restarted during the operation", async () => {
    await application("restarted", { files: { "hook.json": hook("restarted") } });
    const ours = start("restarted", "waiting for completion of hook");
    await ours.says;
    expect((await whole.sandbox("fail", "argocd")).exit).toBe(0);
    await endHook("restarted", "Succeeded");
    expect((await whole.sandbox("heal", "argocd")).exit).toBe(0);
    const { exit, id, item } = await ours.done;
    expect(exit).toBe(0);
    expect(item).toMatchObject({ outcome: "succeeded" });
    expect((await referee("restarted")).status?.operationState?.operation.info?.[0]?.value).toBe(id);
  });

  it("gennet sync reports the last state on a time-out, and the operation continues", async () => {
    await application("slow", { files: { "hook.json": hook("slow") } });
    const { exit, item } = await sync(["slow", "--timeout", "45s"]);
    expect([exit, item.outcome]).toEqual([6, "timed-out"]);
    expect(item.message).toContain("waiting for completion of hook /Pod/slow");
    await endHook("slow", "Succeeded");
    await expect.poll(async () => (await referee("slow")).status?.operationState?.phase, soon).toBe("Succeeded");
  });

  it("gennet sync withdraws its request if the controller does not begin it in time", async () => {
    await application("unheard");
    expect((await whole.sandbox("fail", "argocd")).exit).toBe(0);
    const { exit, item } = await sync(["unheard", "--timeout", "25s"]);
    expect((await whole.sandbox("heal", "argocd")).exit).toBe(0);
    expect([exit, item.outcome]).toEqual([6, "timed-out"]);
    expect(item.message).toContain("which last compared this Application");
    expect(item.message).toContain("its request was withdrawn");
    expect((await live("unheard")).operation).toBeUndefined();
    expect((await sync(["unheard"])).exit).toBe(0);
  });

  it("gennet sync rejects a paused Application, whose state is then unknown", async () => {
    await application("paused");
    expect((await sync(["paused"])).exit).toBe(0);
    const skip = "argocd.argoproj.io/skip-reconcile=true";
    await whole.kubectl("annotate", "application", "paused", "-n", "argocd", skip);
    await whole.kubectl("delete", "configmap", "paused");
    const { exit, item } = await sync(["paused"]);
    expect([exit, item.outcome]).toEqual([7, "blocked"]);
    expect(item.message).toContain("reconciliation is disabled");
    expect((await live("paused")).operation).toBeUndefined();
    expect(await findings()).toContain("gitops/compared unknown");
    expect((await whole.gennet(["app", "tree", "paused"])).stdout).toMatch(/ConfigMap paused .*missing/);
    await whole.kubectl("annotate", "application", "paused", "-n", "argocd", "argocd.argoproj.io/skip-reconcile-");
    expect((await sync(["paused"])).exit).toBe(0);
  });

  it("gennet sync never restores resources of an Application in deletion, and Argo CD's own command rejects it, too", async () => {
    await application("leaving");
    expect((await sync(["leaving"])).exit).toBe(0);
    const finalizers = ["resources-finalizer.argocd.argoproj.io", "acme.example/hold"];
    const hold = (held: readonly string[]) => {
      const patch = JSON.stringify({ metadata: { finalizers: held } });
      return whole.kubectl("patch", "application", "leaving", "-n", "argocd", "--type=merge", "-p", patch);
    };
    await hold(finalizers);
    await whole.kubectl("delete", "application", "leaving", "-n", "argocd", "--wait=false");
    const configMaps = (): Promise<string> =>
      whole.kubectl("get", "configmap", "leaving", "--ignore-not-found", "-o", "name");
    await expect.poll(configMaps, soon).toBe("");
    await expect(whole.argocd("app", "sync", "leaving")).rejects.toThrow("deleting");
    const { exit, item } = await sync(["leaving"]);
    expect([exit, item.outcome]).toEqual([7, "blocked"]);
    expect(item.message).toContain("its deletion began at");
    expect(await configMaps()).toBe("");
    expect(await findings()).toContain("gitops/deletion warn");
    expect((await whole.gennet(["app", "list"])).stdout).toMatch(/leaving .*deleting since/);
    await hold([]);
  });

  it("gennet app tree shows a hook that has run as a hook, neither as removed from Git nor to be pruned", async () => {
    await application("finished", { files: { "hook.json": hook("finished") } });
    const ours = start("finished", "waiting for completion of hook");
    await ours.says;
    await endHook("finished", "Succeeded");
    const { exit, item } = await ours.done;
    expect([exit, item.message]).toEqual([0, ""]);
    const { stdout } = await whole.gennet(["app", "tree", "finished"]);
    expect(stdout).toMatch(/Pod finished +hook \(Sync\)/);
    expect(stdout).not.toContain("no longer in Git");
    const dry = await sync(["finished", "--dry-run"]);
    expect([dry.exit, dry.item.message]).toEqual([8, expect.stringContaining("hook Sync, re-created")]);
  });

  it("gennet sync reports immediately that no flag prunes resources with Prune=false", async () => {
    const annotations = { "argocd.argoproj.io/sync-options": "Prune=false" };
    const kept = JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "keepme", annotations } });
    await application("keep", { files: { "keep.json": kept } });
    expect((await sync(["keep"])).exit).toBe(0);
    await whole.push({ "keep/keep.json": configMap("third", "one") });
    const { exit, item } = await sync(["keep", "--prune"]);
    expect([exit, item.outcome]).toEqual([3, "failed"]);
    expect(item.message).toContain("ConfigMap keepme: ignored (no prune)");
    expect(await whole.kubectl("get", "configmap", "keepme", "-o", "name")).toBe("configmap/keepme\n");
  });

  it("gennet sync does not wait forever for an Application that stays degraded", async () => {
    const labels = { app: "degraded" };
    const spec = {
      progressDeadlineSeconds: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "app:1" }] } },
    };
    const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "degraded" }, spec };
    await application("degraded", { files: { "deployment.json": JSON.stringify(deployment) } });
    const { exit, item } = await sync(["degraded", "--settle", "3s"]);
    expect([exit, item.outcome, item.health]).toEqual([3, "failed", "Degraded"]);
    const tree = await whole.gennet(["app", "tree", "degraded"]);
    expect(tree.stdout).toMatch(/Deployment degraded .*0\/1 available/);
    const again = await sync(["degraded", "--settle", "3s"]);
    expect(again.item.outcome).toBe("failed");
    expect((await referee("degraded")).status).toMatchObject({ health: { status: "Degraded" } });
  });
});

describe("gennet status", () => {
  it("gennet status shows each symptom below its cause about the same Application", async () => {
    const namespace = "symptoms";
    const broken = (name: string, source: object, annotations: object = {}) => ({
      apiVersion: argocdApi,
      kind: "Application",
      metadata: { name, namespace: "argocd", annotations },
      spec: {
        project: "default",
        source: { repoURL: whole.full.gitops, targetRevision: "main", ...source },
        destination: { server: "https://kubernetes.default.svc", namespace },
      },
    });
    await whole.push({ "fresh/settings.json": configMap("fresh", "one") });
    await whole.apply(
      broken("norepo", { repoURL: "file:///nowhere/gone.git", path: "x" }),
      broken("nopath", { path: "nosuch" }),
      broken("halted", { path: "fresh" }, { "argocd.argoproj.io/skip-reconcile": "true" }),
      broken("fresh", { path: "fresh" }),
    );
    const told = async () => {
      const { stdout } = await whole.gennet(["status", "--only", "gitops", "-n", namespace, "-o", "json"]);
      const report = JSON.parse(stdout) as {
        findings: readonly { id: string; severity: string; subject: string; causeSubject?: string; cause?: string }[];
      };
      return report.findings
        .filter(({ severity }) => !["ok", "skip"].includes(severity))
        .map(({ id, severity, subject, cause, causeSubject }) =>
          [`${severity} ${id} ${subject}`, ...(cause === undefined ? [] : [`${cause} ${causeSubject}`])].join(" < "),
        )
        .toSorted();
    };
    await expect
      .poll(told, soon)
      .toEqual([
        "fail gitops/source application nopath",
        "fail gitops/source application norepo",
        "unknown gitops/compared application halted",
        "unknown gitops/sync application nopath < gitops/source application nopath",
        "unknown gitops/sync application norepo < gitops/source application norepo",
        "warn gitops/health application fresh < gitops/sync application fresh",
        "warn gitops/sync application fresh",
      ]);
  });
});

const never = () => Promise.reject(new Error("a context needs no AWS"));

function uidOf(pod: string): Promise<string> {
  return whole.kubectl("get", "pod", pod, "-o", "jsonpath={.metadata.uid}");
}
