import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Api, ApiError } from "./api.ts";
import { folderOfVolume, type PersistentVolume, provide, reclaim, volumeOf } from "./claimed-volumes.ts";

const driver = "ebs.csi.eks.amazonaws.com";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-volumes-"));
});
afterEach(async () => rm(folder, { recursive: true }));

function claim(annotations: Readonly<Record<string, string>>, spec: object = {}) {
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", namespace: "shop", uid: "11-22", resourceVersion: "7", annotations },
    spec: {
      accessModes: ["ReadWriteOnce"],
      storageClassName: "gp3",
      resources: { requests: { storage: "10Gi" } },
      ...spec,
    },
  };
}

const ofDriver = { "volume.kubernetes.io/storage-provisioner": driver };
const scheduled = { ...ofDriver, "volume.kubernetes.io/selected-node": "n1" };

const gp3 = {
  apiVersion: "storage.k8s.io/v1",
  kind: "StorageClass",
  metadata: { name: "gp3" },
  reclaimPolicy: "Delete",
  volumeBindingMode: "WaitForFirstConsumer",
};

function volume(phase: string, policy = "Delete", by = driver): PersistentVolume {
  return {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "pvc-1", annotations: { "pv.kubernetes.io/provisioned-by": by } },
    spec: { persistentVolumeReclaimPolicy: policy },
    status: { phase },
  };
}

const asked = new AbortController().signal;

/** Returns what the API server is told, and the log. */
function trial(refusal?: ApiError) {
  const told: string[] = [];
  const read: Readonly<Record<string, object>> = {
    "/apis/storage.k8s.io/v1/storageclasses/gp3": gp3,
    "/api/v1/nodes/n1": { metadata: { name: "n1", labels: { "topology.kubernetes.io/zone": "eu-central-1a" } } },
  };
  const api: Pick<Api, "get" | "send"> = {
    get: async <T>(path: string) => read[path] as T | undefined,
    send: async <T>(method: string, path: string, body: object) => {
      told.push(`${method} ${path}`);
      if (refusal !== undefined) throw refusal;
      return body as T;
    },
  };
  return { told, setting: { api, folder, log: (text: string) => void told.push(text) } };
}

describe("claims", () => {
  it("A claim whose pod is scheduled gets a volume with its folder, once", async () => {
    const { told, setting } = trial();
    await provide(claim(scheduled), setting, asked);
    expect(told).toEqual(["POST /api/v1/persistentvolumes", "shop/data: created the volume pvc-11-22"]);
    expect(await readdir(folder)).toEqual(["pvc-11-22"]);
    const again = trial(new ApiError(409, "already exists"));
    await provide(claim(scheduled), again.setting, asked);
    expect(again.told).toEqual(["POST /api/v1/persistentvolumes"]);
  });

  it.each([
    ["whose pod is not scheduled yet", claim(ofDriver)],
    ["of another driver", claim({ ...scheduled, "volume.kubernetes.io/storage-provisioner": "efs.csi.aws.com" })],
    ["that is bound", claim(scheduled, { volumeName: "pvc-1" })],
    ["of a class that does not exist", claim(scheduled, { storageClassName: "gp2" })],
  ])("A claim %s gets no volume", async (_what, given) => {
    const { told, setting } = trial();
    await provide(given, setting, asked);
    expect(told).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it("A claim that several nodes may write to gets no volume, and the log says why", async () => {
    const { told, setting } = trial();
    await provide(claim(scheduled, { accessModes: ["ReadWriteMany"] }), setting, asked);
    expect(told).toEqual(["shop/data: volumes of EBS are ReadWriteOnce, not ReadWriteMany"]);
  });

  it("A refusal of the API server is thrown, so that the claim is looked at again", async () => {
    const { setting } = trial(new ApiError(500, "etcd is away"));
    await expect(provide(claim(scheduled), setting, asked)).rejects.toThrow("etcd is away");
  });

  it("A volume is bound to its claim, and to the zone of its pod", () => {
    expect(volumeOf(claim(scheduled), driver, gp3, "eu-central-1a")).toMatchObject({
      metadata: { name: "pvc-11-22", annotations: { "pv.kubernetes.io/provisioned-by": driver } },
      spec: {
        capacity: { storage: "10Gi" },
        claimRef: { namespace: "shop", name: "data", uid: "11-22" },
        csi: { driver, volumeHandle: "vol-01122" },
        persistentVolumeReclaimPolicy: "Delete",
        nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ values: ["eu-central-1a"] }] }] } },
      },
    });
  });
});

describe("volumes", () => {
  beforeEach(async () => mkdir(join(folder, "pvc-1")));

  it("A volume whose claim is gone is deleted with its folder, also if it is gone itself", async () => {
    const { told, setting } = trial();
    await reclaim(volume("Released"), setting, asked);
    expect(told).toEqual(["DELETE /api/v1/persistentvolumes/pvc-1", "deleted the volume pvc-1"]);
    expect(await readdir(folder)).toEqual([]);
    const again = trial(new ApiError(404, "not found"));
    await reclaim(volume("Released"), again.setting, asked);
    expect(again.told).toEqual(["DELETE /api/v1/persistentvolumes/pvc-1"]);
  });

  it.each([
    ["that is bound", volume("Bound")],
    ["that is to be retained", volume("Released", "Retain")],
    ["of another driver", volume("Released", "Delete", "efs.csi.aws.com")],
  ])("A volume %s keeps its folder", async (_what, given) => {
    const { told, setting } = trial();
    await reclaim(given, setting, asked);
    expect(told).toEqual([]);
    expect(await readdir(folder)).toEqual(["pvc-1"]);
  });

  it("A pod gets the folder of a volume, and is told which volumes have none", async () => {
    expect(await folderOfVolume(folder, "pvc-1")).toBe(join(folder, "pvc-1"));
    await expect(folderOfVolume(folder, "nfs")).rejects.toThrow('persistentvolume "nfs" is not one of EBS');
  });
});
