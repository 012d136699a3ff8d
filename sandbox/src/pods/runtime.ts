import { mkdir, readdir } from "node:fs/promises";
import type { Clock } from "../../../src/core/clock.ts";
import type { ObjectMeta } from "../../../src/core/kubernetes/object.ts";
import { endProcesses } from "../processes/daemon.ts";
import { type ProcessEntry, processTable } from "../processes/process-table.ts";
import { isWithin, nextAddress } from "./addresses.ts";
import type { Api } from "./api.ts";
import { createEvents } from "./events.ts";
import { realLabel } from "./marking.ts";
import { netnsPath, podNetwork } from "./network.ts";
import { podObjects } from "./objects.ts";
import type { Pod } from "./pod.ts";
import { podFolder } from "./pod-folder.ts";
import { createPodWorker, type PodWorker } from "./pod-worker.ts";
import { folderOfVolume, keepClaimedVolumes } from "./claimed-volumes.ts";
import type { RuntimeSetting } from "./runtime-setting.ts";
import { followServices, routeServices } from "./service-routes.ts";
import { type ServiceRoute, serviceTable } from "./service-table.ts";
import { isContainerShim } from "./shim.ts";
import { followCollection } from "./watch.ts";

export interface RuntimeOptions {
  /** The sandbox's folder, from which names in the kernel are derived. */
  readonly root: string;
  /** The region's position in the sandbox. */
  readonly index: number;
  /** The first address of the region's range. */
  readonly range: string;
  readonly folder: string;
  /** The parent of the folders of volumes. */
  readonly volumes: string;
  readonly shim: string;
  readonly kubeletPort: number;
  /** The file of the names of Services, for the region's name server. */
  readonly namesFile: string;
  /** Routes from addresses that are no Service's. */
  readonly fixedRoutes: readonly ServiceRoute[];
  readonly api: Api;
  readonly clock: Clock;
  readonly images: RuntimeSetting["images"];
  readonly names: RuntimeSetting["names"];
  readonly authorities: RuntimeSetting["authorities"];
  readonly log: (text: string) => void;
}

interface Node {
  readonly metadata: ObjectMeta;
  readonly status?: { readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port?: number } } };
}

/**
 * Runs a region's real pods until the signal aborts; they keep running without it, and the next runtime takes them
 * over.
 */
export async function runPods(options: RuntimeOptions, ready: () => void, signal: AbortSignal): Promise<void> {
  const { root, index, range, folder, api, clock, log } = options;
  const network = podNetwork(root, index, range);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await network.ensure();
  const used = new Map<string, string>();
  let last: string | undefined;
  const pathOf = (address: string): string => netnsPath(network.nameOf(address));
  const routes = followServices({
    api,
    clock,
    signal,
    file: options.namesFile,
    table: (services, slices) =>
      serviceTable(services, slices, (address) => isWithin(address, range), options.fixedRoutes),
    write: (namespaces, text) => routeServices(options.shim, namespaces, text),
    log,
  });
  const setting: RuntimeSetting = {
    clock,
    signal,
    folder,
    volume: async (name) => folderOfVolume(options.volumes, name),
    shim: options.shim,
    objects: podObjects(api, options.kubeletPort, signal),
    events: createEvents(api, clock, signal),
    network: {
      ...network,
      pathOf,
      async remove(address) {
        routes.remove(pathOf(address));
        await network.remove(address);
      },
    },
    routes,
    allocate() {
      last = nextAddress(range, new Set(used.values()), last);
      return last;
    },
    images: options.images,
    names: options.names,
    authorities: options.authorities,
    log,
  };
  const workers = new Map<string, PodWorker>();
  const known = async (): Promise<readonly string[]> => readdir(folder);
  for (const uid of await known()) {
    const record = await podFolder(folder, uid).read();
    if (record !== undefined) used.set(uid, record.address);
  }

  const forget = async (uid: string, worker: PodWorker): Promise<void> => {
    await worker.done;
    if (signal.aborted) return;
    workers.delete(uid);
    used.delete(uid);
  };

  const take = (pod: Pod): void => {
    const { uid } = pod.metadata;
    const worker = workers.get(uid);
    if (worker !== undefined) worker.update(pod);
    // An unscheduled pod belongs to the scheduler; a finished one that never ran here is ignored.
    else if (pod.spec.nodeName !== undefined && (!isOver(pod) || pod.metadata.deletionTimestamp !== undefined)) {
      const fresh = createPodWorker(pod, {
        ...setting,
        allocate() {
          const address = setting.allocate();
          used.set(uid, address);
          return address;
        },
      });
      workers.set(uid, fresh);
      void forget(uid, fresh);
    }
  };

  /** Ends what an earlier runtime left of a pod that no longer exists. */
  const endOrphan = async (uid: string): Promise<void> => {
    const own = podFolder(folder, uid);
    const record = await own.read();
    const ours = (entry: ProcessEntry): boolean =>
      isContainerShim(entry) && entry.args[2]?.startsWith(`${own.root}/`) === true;
    await endProcesses([...(await processTable()).values()].filter(ours), processTable, clock);
    if (record !== undefined) await setting.network.remove(record.address);
    await own.remove();
    used.delete(uid);
    log(`${record === undefined ? uid : `${record.namespace}/${record.name}`}: removed an orphan`);
  };
  const endOrphans = async (present: ReadonlySet<string>): Promise<void> => {
    for (const uid of await known()) if (!present.has(uid) && !workers.has(uid)) await endOrphan(uid);
  };
  const failed = (what: string) => (error: unknown) => log(`${what}: ${String((error as Error).message)}`);

  const pods = followCollection<Pod>(
    api,
    { path: `/api/v1/pods?labelSelector=${realLabel}` },
    {
      all(items) {
        const present = new Set(items.map(({ metadata }) => metadata.uid));
        for (const [uid, worker] of workers) if (!present.has(uid)) worker.deleted();
        for (const item of items) take(item);
        endOrphans(present).then(ready).catch(failed("cannot remove orphans"));
      },
      changed: take,
      deleted({ metadata: { uid } }) {
        const worker = workers.get(uid);
        if (worker !== undefined) worker.deleted();
        else endOrphan(uid).catch(failed("cannot remove an orphan"));
      },
      failed: failed("cannot watch pods"),
    },
    clock,
    signal,
  );
  const tell = (kind: string, { metadata }: { readonly metadata: ObjectMeta }): void => {
    for (const worker of workers.values()) worker.objectChanged(metadata.namespace ?? "", `${kind}/${metadata.name}`);
  };
  const objects = (["Secret", "ConfigMap"] as const).map(async (kind) =>
    followCollection<{ readonly metadata: ObjectMeta }>(
      api,
      { path: kind === "Secret" ? "/api/v1/secrets" : "/api/v1/configmaps", metadataOnly: true },
      {
        all: (items) => items.forEach((item) => tell(kind, item)),
        changed: (item) => tell(kind, item),
        deleted: () => undefined,
        failed: failed(`cannot watch ${kind}s`),
      },
      clock,
      signal,
    ),
  );
  const serve = async ({ metadata, status }: Node): Promise<void> => {
    if (status?.daemonEndpoints?.kubeletEndpoint?.Port === options.kubeletPort) return;
    await setting.objects.serveNode(metadata.name).catch(failed(`cannot serve ${metadata.name}`));
  };
  const nodes = followCollection<Node>(
    api,
    { path: "/api/v1/nodes" },
    {
      all: (items) => items.forEach((item) => void serve(item)),
      changed: (item) => void serve(item),
      deleted: () => undefined,
      failed: failed("cannot watch nodes"),
    },
    clock,
    signal,
  );
  const volumes = keepClaimedVolumes({ api, clock, folder: options.volumes, log }, signal);
  log(`manages the real pods of its region, ${used.size} taken over`);
  await Promise.all([pods, volumes, nodes, routes.done, ...objects]);
  await Promise.all([...workers.values()].map(async ({ done }) => done));
}

function isOver({ status }: Pod): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}
