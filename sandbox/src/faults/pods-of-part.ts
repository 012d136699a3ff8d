import { AppError } from "../../../src/core/error.ts";
import { hasCondition } from "../../../src/core/kubernetes/object.ts";
import { type Api, connectApi } from "../pods/api.ts";
import { findImage } from "../pods/image.ts";
import { realLabel } from "../pods/marking.ts";
import type { Pod } from "../pods/pod.ts";
import { podFolder } from "../pods/pod-folder.ts";
import { isContainerShim } from "../pods/shim.ts";
import type { SandboxFolder } from "../folders.ts";
import { componentsOf } from "../processes/component.ts";
import { killProcesses } from "../processes/daemon.ts";
import { type ProcessEntry, processTable } from "../processes/process-table.ts";
import type { Setting } from "../setting.ts";
import type { SandboxState } from "../state.ts";
import type { FaultTarget } from "./targets.ts";

const readyWithinMs = 120_000;

/** Returns the parts of the platform whose images are registered, in each region: `eu-west-1/istiod`. */
export function partsInPods({ images = [], regions }: SandboxState): readonly FaultTarget[] {
  const parts = [...new Set(images.flatMap(({ part = [] }) => part))];
  return regions.flatMap(({ awsRegion }) => parts.map((name) => ({ id: `${awsRegion}/${name}`, name, awsRegion })));
}

/** Kills the containers of parts. While a part is in the state's `failed`, its pods' runtime starts none of them. */
export async function killPodsOf(
  parts: readonly FaultTarget[],
  state: SandboxState,
  folder: SandboxFolder,
  setting: Setting,
): Promise<void> {
  for (const { name, awsRegion = "" } of parts) {
    const pods = await inRegion(awsRegion, state, folder, (api) => podsOf(name, state, api, setting.signal));
    const runs = pods.flatMap(({ pod, containers }) => {
      const own = podFolder(folder.region(awsRegion, "pods"), pod.metadata.uid);
      return containers.map((container) => `${own.container(container)}/`);
    });
    const isOurs = (entry: ProcessEntry): boolean =>
      isContainerShim(entry) && runs.some((run) => entry.args[2]?.startsWith(run) === true);
    await killProcesses([...(await processTable()).values()].filter(isOurs), processTable, setting.host.clock);
  }
}

/** Waits until the pods of parts are ready again. Throws SANDBOX_FAULT_FAILED. */
export async function readyPodsOf(
  parts: readonly FaultTarget[],
  state: SandboxState,
  folder: SandboxFolder,
  { host, signal }: Setting,
): Promise<void> {
  const deadline = host.clock.now() + readyWithinMs;
  for (const { id, name, awsRegion = "" } of parts) {
    await inRegion(awsRegion, state, folder, async (api) => {
      for (;;) {
        const pods = await podsOf(name, state, api, signal);
        const waiting = pods.find(({ pod }) => !hasCondition(pod, "Ready"))?.pod.metadata;
        if (waiting === undefined) return;
        if (host.clock.now() > deadline) {
          throw new AppError("SANDBOX_FAULT_FAILED", `${id} is not ready again.`, {
            next: [`kubectl -n ${waiting.namespace} describe pod ${waiting.name}  # shows the events of its runtime`],
          });
        }
        await host.clock.sleep(250, signal);
      }
    });
  }
}

interface PodOfPart {
  readonly pod: Pod;
  /** The names of the containers that run the part's image. */
  readonly containers: readonly string[];
}

async function podsOf(
  part: string,
  { images = [] }: SandboxState,
  api: Api,
  signal: AbortSignal,
): Promise<readonly PodOfPart[]> {
  const listed = await api.get<{ readonly items?: readonly Pod[] }>(`/api/v1/pods?labelSelector=${realLabel}`, signal);
  return (listed?.items ?? []).flatMap((pod) => {
    const own = pod.spec.containers.filter(({ image }) => findImage(images, image)?.part === part);
    return own.length === 0 ? [] : [{ pod, containers: own.map(({ name }) => name) }];
  });
}

async function inRegion<T>(
  awsRegion: string,
  state: SandboxState,
  folder: SandboxFolder,
  ask: (api: Api) => Promise<T>,
): Promise<T> {
  const server = componentsOf(state, folder).find(({ id }) => id === `${awsRegion}/kube-apiserver`);
  if (server === undefined) throw new Error(`${awsRegion} has no API server`);
  const api = await connectApi(server.probe);
  try {
    return await ask(api);
  } finally {
    api.close();
  }
}
