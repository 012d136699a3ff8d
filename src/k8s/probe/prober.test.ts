import { describe, expect, it } from "vitest";
import { type ManualClock, manualClock } from "../../../test/support/manual-clock.ts";
import { keyOf, type MemoryCluster, memoryCluster } from "../../../test/support/memory-cluster.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { PodObject } from "../../core/kubernetes/pod.ts";
import type { ProbeCall } from "../../core/probe.ts";
import type { Cluster } from "../port.ts";
import { probeLabels } from "./probe-job.ts";
import { createProber } from "./prober.ts";

const calls: readonly ProbeCall[] = [
  { kind: "tcp", host: "db", port: 5432 },
  { kind: "postgres", secret: "postgres" },
];
const items = calls.map((_call, at) => ({
  call: ["tcp://db:5432", "postgres://?secret=postgres"][at],
  outcome: "ok",
  summary: "accepts connections",
  durationMs: 3,
}));
const report = JSON.stringify({ apiVersion: "gennet/v1", kind: "ProbeReport", items }, undefined, 2);

interface TrialCluster {
  readonly memory: MemoryCluster;
  readonly clock: ManualClock;
  readonly warnings: string[];
  /** What was stored when the pod ran. */
  readonly created: KubeObject[];
  probe(namespace?: string, signal?: AbortSignal): Promise<unknown>;
  /** Returns what a pod that listens is called by. */
  listen(): Promise<string>;
}

type Status = PodObject["status"];

/** A cluster whose Jobs create a pod with this status; undefined creates none. */
function trial(
  status: Status,
  {
    log = report,
    imageless = false,
    refuseDeletion = false,
    spec = {},
  }: {
    readonly log?: string;
    readonly imageless?: boolean;
    readonly refuseDeletion?: boolean;
    readonly spec?: PodObject["spec"];
  } = {},
): TrialCluster {
  const memory = memoryCluster("eu");
  memory.store({ apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  const created: KubeObject[] = [];
  const warnings: string[] = [];
  const clock = manualClock();
  const cluster: Cluster = {
    ...memory.cluster,
    apply: async (object, options, signal) => {
      created.push(object);
      const stored = await memory.cluster.apply(object, options, signal);
      if (object.kind === "Job" && status !== undefined) {
        const labels = { "batch.kubernetes.io/job-name": object.metadata.name };
        const metadata = { name: `${object.metadata.name}-x`, namespace: "shop", labels };
        memory.store({ apiVersion: "v1", kind: "Pod", metadata, spec, status });
      }
      return stored;
    },
    delete: async (ref, signal) => {
      if (refuseDeletion) throw new Error("refused");
      return memory.cluster.delete(ref, signal);
    },
    log: async ({ name, container }) => {
      expect([name, container]).toEqual(["gennet-probe-i00000-x", "probe"]);
      return log;
    },
  };
  const image = imageless ? undefined : "gennet:1";
  const prober = createProber(cluster, { image, clock, random: () => 0.5, warn: (text) => void warnings.push(text) });
  return {
    memory,
    clock,
    warnings,
    created,
    probe: (namespace = "shop", signal = new AbortController().signal) =>
      prober.probe(calls, { namespace, meshed: false }, signal),
    listen: () =>
      prober.whileListening(
        "shop",
        async (url) => `${url} ${left({ memory }).length} objects`,
        new AbortController().signal,
      ),
  };
}

const container = (state: object, name = "probe") => ({
  name,
  image: "gennet:1",
  ready: false,
  restartCount: 0,
  state,
});
const ended: Status = { phase: "Running", containerStatuses: [container({ terminated: { exitCode: 0 } })] };
const left = ({ memory }: Pick<TrialCluster, "memory">): string[] =>
  [...memory.objects.values()].filter(({ kind }) => kind === "Job" || kind === "ServiceAccount").map(keyOf);

describe("calls from a pod", () => {
  it("A prober returns the results in the log of its pod, although a sidecar is still running, and removes its Job", async () => {
    const sidecar = container({ running: {} }, "istio-proxy");
    const place = trial({ ...ended, containerStatuses: [...(ended?.containerStatuses ?? []), sidecar] });
    expect(await place.probe()).toEqual(items);
    expect(place.created.map(keyOf)).toEqual([
      "ServiceAccount shop/gennet-probe-i00000",
      "Job shop/gennet-probe-i00000",
    ]);
    expect(left(place)).toEqual([]);
    expect(place.warnings).toEqual([]);
  });

  it("The pod has no permissions, no token and no root, mounts only the Secrets of its calls, and has no secret in its arguments", async () => {
    const place = trial(ended);
    await place.probe();
    expect(place.created[1]?.["spec"]).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 180,
      ttlSecondsAfterFinished: 180,
      template: {
        metadata: { labels: { "sidecar.istio.io/inject": "false" } },
        spec: {
          restartPolicy: "Never",
          automountServiceAccountToken: false,
          securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
          containers: [
            {
              args: ["probe", "--no-input", "--quiet", "--output", "json", ...items.map(({ call }) => call)],
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [{ mountPath: "/var/run/secrets/gennet/postgres", readOnly: true }],
            },
          ],
          volumes: [{ secret: { secretName: "postgres", optional: true } }],
        },
      },
    });
  });

  it("Warnings of Node.js before the answer are skipped", async () => {
    expect(await trial(ended, { log: `(node:1) Warning: {old}\n${report}\n` }).probe()).toEqual(items);
  });

  it("What a killed probe left behind is removed by the next one, and a probe that may still run is not", async () => {
    const place = trial(ended);
    const at = (seconds: number): string => new Date(place.clock.now() - seconds * 1_000).toISOString();
    const old = { namespace: "shop", labels: probeLabels, creationTimestamp: at(600) };
    place.memory.store({ apiVersion: "batch/v1", kind: "Job", metadata: { ...old, name: "old" } });
    place.memory.store({ apiVersion: "v1", kind: "ServiceAccount", metadata: { ...old, name: "old" } });
    const fresh = { ...old, name: "fresh", creationTimestamp: at(100) };
    place.memory.store({ apiVersion: "batch/v1", kind: "Job", metadata: fresh });
    const foreign = { ...old, name: "foreign", labels: {} };
    place.memory.store({ apiVersion: "batch/v1", kind: "Job", metadata: foreign });
    await place.probe();
    expect(left(place)).toEqual(["Job shop/fresh", "Job shop/foreign"]);
  });
});

describe("a pod that is called", () => {
  const meshed = { spec: { containers: [{ name: "probe" }], initContainers: [{ name: "istio-proxy" }] } };
  const ready: Status = { podIP: "10.0.0.7", conditions: [{ type: "Ready", status: "True" }] };

  it("A pod of the mesh that is ready is called while it runs, and removed afterwards", async () => {
    const place = trial(ready, meshed);
    expect(await place.listen()).toBe("http://10.0.0.7:8080/ 2 objects");
    expect(place.created[1]?.["spec"]).toMatchObject({
      template: {
        metadata: { labels: { "sidecar.istio.io/inject": "true" } },
        spec: {
          containers: [
            {
              args: ["probe", "--no-input", "--quiet", "--output", "json", "--listen", "8080"],
              readinessProbe: { httpGet: { path: "/", port: 8080 } },
            },
          ],
        },
      },
    });
    expect(left(place)).toEqual([]);
  });

  it("A pod without a sidecar is not called, because its answer would prove nothing", async () => {
    const place = trial(ready, { spec: { containers: [{ name: "probe" }] } });
    await expect(place.listen()).rejects.toMatchObject({ code: "PROBE_SIDECAR_MISSING" });
    expect(left(place)).toEqual([]);
  });

  it("A pod that cannot start is named with what it waits for", async () => {
    const place = trial({ containerStatuses: [container({ waiting: { reason: "ImagePullBackOff" } })] }, meshed);
    await expect(place.listen()).rejects.toMatchObject({ code: "PROBE_POD_NOT_STARTED" });
    expect(left(place)).toEqual([]);
  });
});

describe("a pod that does not answer", () => {
  it.each<readonly [what: string, status: Status, code: string, words: string]>([
    [
      "whose image cannot be pulled",
      { containerStatuses: [container({ waiting: { reason: "ImagePullBackOff", message: "no such image" } })] },
      "PROBE_POD_NOT_STARTED",
      "image gennet:1 cannot be pulled (ImagePullBackOff): no such image",
    ],
    [
      "whose container cannot be created",
      { containerStatuses: [container({ waiting: { reason: "CreateContainerConfigError", message: "no secret" } })] },
      "PROBE_POD_NOT_STARTED",
      "CreateContainerConfigError",
    ],
    [
      "that was evicted",
      { phase: "Failed", reason: "Evicted", message: "out of memory" },
      "PROBE_POD_NOT_STARTED",
      "Evicted: out of memory",
    ],
  ])("A pod %s ends the probe at once, and its Job is removed", async (_what, status, code, words) => {
    const place = trial(status);
    await expect(place.probe()).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
    expect(left(place)).toEqual([]);
  });

  it("A pod for which no node has room is waited for, and named with the reason", async () => {
    const unscheduled = { type: "PodScheduled", status: "False" as const, message: "0/3 nodes: Insufficient memory." };
    const place = trial({ phase: "Pending", conditions: [unscheduled] });
    const asked = place.probe();
    asked.catch(() => undefined);
    // The first wait is for the pod, which is there at once.
    await place.clock.asleep();
    await expect.poll(() => left(place).length).toBe(2);
    await expect
      .poll(async () => {
        place.clock.pass(180_000);
        return left(place);
      })
      .toEqual([]);
    const message = expect.stringContaining("cannot be scheduled: 0/3 nodes: Insufficient memory.") as string;
    await expect(asked).rejects.toMatchObject({ code: "PROBE_POD_NOT_STARTED", message });
  });

  it("A pod that is deleted at its deadline is named with what it waited for", async () => {
    const place = trial({ phase: "Pending", containerStatuses: [container({ waiting: { reason: "ErrImagePull" } })] });
    const asked = place.probe();
    asked.catch(() => undefined);
    await expect.poll(() => left(place).length).toBe(2);
    const pod = place.memory.objects.get("Pod shop/gennet-probe-i00000-x");
    if (pod === undefined) throw new Error("there is no pod");
    place.memory.store({
      ...pod,
      metadata: { ...pod.metadata, deletionTimestamp: "2026-01-02T03:07:05Z" },
      status: {},
    });
    const message = expect.stringContaining("image gennet:1 cannot be pulled (ErrImagePull)") as string;
    await expect(asked).rejects.toMatchObject({ code: "PROBE_POD_NOT_STARTED", message });
  });

  it("A pod that the cluster does not admit is named with the policy's message", async () => {
    const place = trial(undefined);
    const involvedObject = { kind: "Job", name: "gennet-probe-i00000" };
    place.memory.store({
      apiVersion: "v1",
      kind: "Event",
      metadata: { name: "a", namespace: "shop" },
      involvedObject,
      reason: "FailedCreate",
      message: "exceeded quota: pods",
    });
    const asked = place.probe();
    asked.catch(() => undefined);
    await place.clock.asleep();
    place.clock.pass(10_000);
    const message = expect.stringContaining("exceeded quota: pods") as string;
    await expect(asked).rejects.toMatchObject({ code: "PROBE_POD_REFUSED", message });
    expect(left(place)).toEqual([]);
  });

  it.each([
    ["is not gennet", "hello"],
    ["answers other calls", JSON.stringify({ kind: "ProbeReport", items: items.slice(1) })],
  ])("An image that %s is no answer", async (_what, log) => {
    await expect(trial(ended, { log }).probe()).rejects.toMatchObject({ code: "PROBE_ANSWER_INVALID" });
  });

  it("Without an image, nothing is created", async () => {
    const place = trial(ended, { imageless: true });
    await expect(place.probe()).rejects.toMatchObject({ code: "PROBE_IMAGE_UNSET" });
    expect(place.created).toEqual([]);
  });

  it("A probe that is interrupted removes its Job, and reports why it ended", async () => {
    const place = trial({ phase: "Pending" });
    const stop = new AbortController();
    const asked = place.probe("shop", stop.signal);
    asked.catch(() => undefined);
    await expect.poll(() => left(place).length).toBe(2);
    stop.abort(new Error("stopped"));
    await expect(asked).rejects.toThrow("stopped");
    expect(left(place)).toEqual([]);
  });

  it("A Job that cannot be removed is a warning with the command that removes it, and hides no answer", async () => {
    const place = trial(ended, { refuseDeletion: true });
    expect(await place.probe()).toEqual(items);
    expect(place.warnings).toEqual([
      expect.stringContaining("kubectl --context eu -n shop delete job,serviceaccount gennet-probe-i00000"),
    ]);
  });

  it("A namespace that does not exist is the API server's error", async () => {
    const message = expect.stringContaining('namespaces "mars" not found') as string;
    await expect(trial(ended).probe("mars")).rejects.toMatchObject({ code: "KUBE_REJECTED", message });
  });
});
