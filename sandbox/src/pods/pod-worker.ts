import { createBell } from "./bell.ts";
import { type ContainerWorker, createContainerWorker } from "./container-worker.ts";
import { ConfigError } from "./environment.ts";
import { createFaultKeeper } from "./fault-keeper.ts";
import { refusedField } from "./honoured.ts";
import { type Observations, type Observed, planPod } from "./plan.ts";
import { containersOf, isInit, isSidecar, type Pod } from "./pod.ts";
import { podFolder, type PodRecord } from "./pod-folder.ts";
import { ensurePodSandbox, recordPod, withLabels } from "./pod-sandbox.ts";
import { podStatus } from "./pod-status.ts";
import { prepareContainer } from "./prepare.ts";
import { refusedAnnotation } from "./redirection.ts";
import { isReported, wasReady } from "./reported.ts";
import type { RuntimeSetting } from "./runtime-setting.ts";
import { writeVolumes } from "./volumes.ts";
import { objectsOf, type VolumeSources } from "./volume-files.ts";

export interface PodWorker {
  update(pod: Pod): void;
  /** The object is gone: everything that runs ends immediately. */
  deleted(): void;
  /** A Secret or ConfigMap has changed: `Secret/NAME`. */
  objectChanged(namespace: string, object: string): void;
  /** Resolves when nothing of the pod is left, or when the runtime ends and stops managing it. */
  readonly done: Promise<void>;
}

const retryMs = 2_000;

/** Manages one pod like a kubelet, from its binding to a node until nothing of it is left. */
export function createPodWorker(first: Pod, setting: RuntimeSetting): PodWorker {
  const { clock, signal } = setting;
  const folder = podFolder(setting.folder, first.metadata.uid);
  const bell = createBell();
  let pod = first;
  let gone = false;
  let record: PodRecord | undefined;
  let waiting: Observed["waiting"];
  let stale = false;
  let refreshAt: number | undefined;
  const startTime = clock.now();
  const faults = createFaultKeeper(setting.shim, folder.root, clock);
  const workers = new Map<string, ContainerWorker>();
  const log = (text: string): void => setting.log(`${pod.metadata.namespace}/${pod.metadata.name}: ${text}`);
  const event = (type: "Normal" | "Warning", reason: string, message: string): void => {
    log(`${reason}: ${message}`);
    void setting.events.emit(pod, type, reason, message);
  };
  const addresses = () => ({ podIP: record?.address ?? "", hostIP: setting.network.gateway });
  const sources = (): VolumeSources => ({
    addresses: addresses(),
    read: (kind, name) => setting.objects.read(kind, pod.metadata.namespace, name),
    token: (request) => setting.objects.token(pod, request),
    claimed: async (claim) => setting.volume(await setting.objects.volumeOf(pod.metadata.namespace, claim)),
  });
  const graceMs = (): number => (pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000;

  for (const container of containersOf(pod)) {
    const worker = createContainerWorker({
      container,
      folder: folder.container(container.name),
      shimProgram: setting.shim,
      clock,
      signal,
      podIP: () => addresses().podIP,
      prepare: async (run) =>
        prepareContainer({
          pod,
          container,
          record: record as PodRecord,
          folder,
          images: await setting.images(),
          sources: sources(),
          run,
        }),
      changed: () => bell.ring(),
      event,
      graceMs: (probe) => (container[probe]?.terminationGracePeriodSeconds ?? graceMs() / 1_000) * 1_000,
    });
    workers.set(container.name, worker);
  }

  const isLeaving = (): boolean => gone || pod.metadata.deletionTimestamp !== undefined;

  const observed = (): Observations =>
    new Map(
      [...workers].map(([name, worker]) => {
        const own = worker.observed();
        return [name, waiting === undefined || own.run !== undefined ? own : { ...own, waiting }];
      }),
    );

  const report = async (): Promise<void> => {
    if (gone) return;
    if (record !== undefined) record = await withLabels(record, pod, folder);
    const fault = faults.inEffect();
    const facts = {
      observed: observed(),
      ...(fault === undefined ? {} : { fault }),
      ...(record === undefined ? {} : { addresses: addresses() }),
      images: await setting.images(),
      startTime: record?.startTime ?? startTime,
      now: clock.now(),
    };
    const status = podStatus(pod, facts);
    if (isReported(status, pod.status)) return;
    const stored = await setting.objects.patchStatus(pod, status);
    if (stored !== undefined) pod = { ...pod, status: stored };
  };

  const setUp = async (): Promise<void> => {
    const known = await folder.read();
    const mine = known ?? (await recordPod(pod, folder, startTime, setting));
    await ensurePodSandbox(pod, folder, mine, setting);
    record = mine;
    if (known === undefined) {
      log(`has the address ${mine.address}`);
      return;
    }
    faults.adopt();
    for (const [name, worker] of workers) await worker.adopt(wasReady(name, pod.status));
    log("taken over");
  };

  const refresh = async (): Promise<void> => {
    stale = false;
    refreshAt = await writeVolumes(pod, folder, sources(), clock.now());
  };

  const attempt = async (what: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      waiting = undefined;
      return true;
    } catch (error) {
      const { message } = error as Error;
      if (waiting?.message !== message) event("Warning", what, message);
      waiting = { reason: error instanceof ConfigError ? "ContainerCreating" : what, message };
      return false;
    }
  };

  const live = async (): Promise<void> => {
    const refused = refusedField(pod) ?? refusedAnnotation(pod);
    if (refused !== undefined) {
      const message = `${refused} is not supported by the real pods of a sandbox`;
      event("Warning", "UnsupportedField", message);
      waiting = { reason: "UnsupportedField", message };
    }
    let mounted = false;
    while (!signal.aborted && !isLeaving()) {
      let wakeAt: number | undefined;
      if (refused === undefined) {
        const ready = record !== undefined || (await attempt("FailedCreatePodSandBox", setUp));
        const now = clock.now();
        if (ready && (!mounted || stale || (refreshAt ?? Infinity) <= now)) {
          mounted = (await attempt("FailedMount", refresh)) || mounted;
        }
        if (record !== undefined) {
          await faults.follow(pod, record).catch((error: unknown) => {
            event("Warning", "FaultFailed", String((error as Error).message));
          });
        }
        if (waiting !== undefined) wakeAt = now + retryMs;
        if (mounted) {
          const plan = planPod(pod, observed(), now);
          for (const name of plan.start) workers.get(name)?.start();
          if (plan.stop.length > 0) await stopAll(plan.stop, () => now + graceMs());
          wakeAt = Math.min(wakeAt ?? Infinity, plan.wakeAt ?? Infinity, refreshAt ?? Infinity);
        }
      }
      await report().catch((error: unknown) => {
        log(`its status could not be written: ${String((error as Error).message)}`);
        wakeAt = clock.now() + retryMs;
      });
      await bell.wait(wakeAt === Infinity ? undefined : wakeAt, clock, signal);
    }
  };

  const stopAll = async (names: readonly string[], deadline: () => number): Promise<void> => {
    for (const name of names) await workers.get(name)?.stop(deadline);
  };

  const terminate = async (): Promise<void> => {
    // The API server adds the grace period to the time of the deletion.
    const deadline = (): number => (gone ? 0 : Date.parse(pod.metadata.deletionTimestamp ?? "") || 0);
    const mains = containersOf(pod).filter((container) => !isInit(pod, container.name) || !isSidecar(container));
    const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name);
    const running = mains.filter(({ name }) => workers.get(name)?.observed().run?.state === "running");
    for (const { name } of running) event("Normal", "Killing", `Stopping container ${name}`);
    const over = new AbortController();
    const end = async (): Promise<void> => {
      await Promise.all(mains.map(async ({ name }) => workers.get(name)?.stop(deadline)));
      await stopAll(sidecars.toReversed(), deadline);
      over.abort();
    };
    const ending = end();
    const within = AbortSignal.any([signal, over.signal]);
    while (!within.aborted) {
      await report().catch(() => undefined);
      await bell.wait(undefined, clock, within);
    }
    await ending;
    if (signal.aborted) return;
    await report().catch(() => undefined);
    await faults.end();
    if (record !== undefined) await setting.network.remove(record.address);
    if (!gone) await setting.objects.remove(pod).catch((error: unknown) => log(String((error as Error).message)));
    await folder.remove();
    log("is gone");
  };

  const work = async (): Promise<void> => {
    if (first.metadata.deletionTimestamp !== undefined) await attempt("FailedCreatePodSandBox", adoptOnly);
    await live();
    if (!signal.aborted) await terminate();
  };
  const adoptOnly = async (): Promise<void> => {
    if ((await folder.read()) !== undefined) await setUp();
  };

  return {
    update(next) {
      pod = next;
      bell.ring();
    },
    deleted() {
      gone = true;
      bell.ring();
    },
    objectChanged(namespace, object) {
      if (namespace !== pod.metadata.namespace) return;
      if (!(pod.spec.volumes ?? []).some((volume) => objectsOf(volume).includes(object))) return;
      stale = true;
      bell.ring();
    },
    done: work().catch((error: unknown) => log(`gave up: ${String((error as Error).stack)}`)),
  };
}
