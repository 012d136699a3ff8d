import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../../src/core/clock.ts";
import { isThere } from "../../../src/core/is-there.ts";
import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { type Api, ApiError } from "./api.ts";
import { ConfigError } from "./environment.ts";
import { followCollection } from "./watch.ts";

/** The drivers of EBS: that of node groups, and that of EKS Auto Mode. */
const drivers = ["ebs.csi.aws.com", "ebs.csi.eks.amazonaws.com"];
/** https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const driverOfClaim = "volume.kubernetes.io/storage-provisioner";
const nodeOfClaim = "volume.kubernetes.io/selected-node";
const driverOfVolume = "pv.kubernetes.io/provisioned-by";
const zoneLabel = "topology.kubernetes.io/zone";
const retryMs = 2_000;

export interface Claim extends KubeObject {
  readonly metadata: KubeObject["metadata"] & { readonly namespace: string; readonly uid: string };
  readonly spec: {
    readonly accessModes?: readonly string[];
    readonly storageClassName?: string;
    readonly volumeName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string } };
  };
  readonly status?: { readonly phase?: string };
}

export interface PersistentVolume extends KubeObject {
  readonly spec: { readonly persistentVolumeReclaimPolicy?: string };
  readonly status?: { readonly phase?: string };
}

interface StorageClass extends KubeObject {
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
}

export interface ClaimedVolumesSetting {
  readonly api: Pick<Api, "get" | "send">;
  /** The parent of the volumes' folders, which have the names of their PersistentVolumes. */
  readonly folder: string;
  readonly log: (text: string) => void;
}

/**
 * Creates volumes for claims, and deletes them, as the driver of EBS does in a cluster, until the signal aborts. A volume
 * is a folder. The cluster itself chooses the node and binds the claim.
 */
export async function keepClaimedVolumes(
  setting: ClaimedVolumesSetting & { readonly api: Api; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const { api, clock, log } = setting;
  const follow = async <T extends KubeObject>(kind: string, look: (item: T) => Promise<void>): Promise<void> => {
    const seen = async (item: T): Promise<void> => {
      try {
        await look(item);
      } catch (error) {
        if (signal.aborted) return;
        log(`${item.metadata.name}: ${String((error as Error).message)}`);
        await clock.sleep(retryMs, signal).catch(() => undefined);
        await seen(item);
      }
    };
    const handlers = {
      all: (items: readonly T[]) => items.forEach((item) => void seen(item)),
      changed: (item: T) => void seen(item),
      deleted: () => undefined,
      failed: (error: unknown) => log(`cannot watch ${kind}: ${String((error as Error).message)}`),
    };
    await followCollection(api, { path: `/api/v1/${kind}` }, handlers, clock, signal);
  };
  await Promise.all([
    follow<Claim>("persistentvolumeclaims", async (claim) => provide(claim, setting, signal)),
    follow<PersistentVolume>("persistentvolumes", async (volume) => reclaim(volume, setting, signal)),
  ]);
}

/** Returns the folder of a volume. Throws ConfigError for a volume that was created by other means. */
export async function folderOfVolume(folder: string, name: string): Promise<string> {
  const path = join(folder, name);
  if (await isThere(path)) return path;
  throw new ConfigError(`persistentvolume "${name}" is not one of EBS, which are all that a sandbox has`);
}

/** Creates the volume of a claim that waits for one. */
export async function provide(claim: Claim, { api, folder, log }: ClaimedVolumesSetting, signal: AbortSignal): Promise<void> {
  const { annotations = {}, deletionTimestamp, namespace, name } = claim.metadata;
  const { storageClassName, volumeName, accessModes = [] } = claim.spec;
  const driver = annotations[driverOfClaim] ?? "";
  if (volumeName !== undefined || deletionTimestamp !== undefined || !drivers.includes(driver)) return;
  if (accessModes.some((mode) => !mode.startsWith("ReadWriteOnce"))) {
    return log(`${namespace}/${name}: volumes of EBS are ReadWriteOnce, not ${accessModes.join(", ")}`);
  }
  const found = await api.get<StorageClass>(`/apis/storage.k8s.io/v1/storageclasses/${storageClassName}`, signal);
  const node = annotations[nodeOfClaim];
  if (found === undefined || (node === undefined && found.volumeBindingMode === "WaitForFirstConsumer")) return;
  const at = node === undefined ? undefined : await api.get<KubeObject>(`/api/v1/nodes/${node}`, signal);
  const volume = volumeOf(claim, driver, found, at?.metadata.labels?.[zoneLabel]);
  await mkdir(join(folder, volume.metadata.name), { recursive: true, mode: 0o755 });
  try {
    await api.send("POST", "/api/v1/persistentvolumes", volume, signal);
    log(`${namespace}/${name}: created the volume ${volume.metadata.name}`);
  } catch (error) {
    // The claim is not bound to it yet.
    if (!(error instanceof ApiError && error.status === 409)) throw error;
  }
}

/** Returns the PersistentVolume that the driver would create; `zone` is that of the pod. */
export function volumeOf(claim: Claim, driver: string, storage: StorageClass, zone: string | undefined): KubeObject {
  const { namespace, name, uid, resourceVersion } = claim.metadata;
  const there = { key: zoneLabel, operator: "In", values: [zone] };
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: `pvc-${uid}`, annotations: { [driverOfVolume]: driver } },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage: claim.spec.resources?.requests?.storage },
      claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name, uid, resourceVersion },
      csi: { driver, volumeHandle: `vol-0${uid.replaceAll("-", "").slice(0, 16)}`, fsType: "ext4" },
      persistentVolumeReclaimPolicy: storage.reclaimPolicy ?? "Delete",
      storageClassName: storage.metadata.name,
      volumeMode: "Filesystem",
      ...(zone === undefined
        ? {}
        : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [there] }] } } }),
    },
  };
}

/** Deletes a volume whose claim is gone, and what it has stored. */
export async function reclaim(
  { metadata: { name, annotations = {} }, spec, status }: PersistentVolume,
  { api, folder, log }: ClaimedVolumesSetting,
  signal: AbortSignal,
): Promise<void> {
  if (status?.phase !== "Released" || spec.persistentVolumeReclaimPolicy !== "Delete") return;
  if (!drivers.includes(annotations[driverOfVolume] ?? "")) return;
  await rm(join(folder, name), { recursive: true, force: true });
  try {
    await api.send("DELETE", `/api/v1/persistentvolumes/${name}`, {}, signal);
    log(`deleted the volume ${name}`);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
