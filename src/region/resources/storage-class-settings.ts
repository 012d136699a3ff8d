import type { Fields } from "../../core/compare-fields.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { ownLabels, type RegionWorld } from "../world.ts";
import { keyName } from "./kms-key.ts";
import { isAuto } from "./roles.ts";

/** A StorageClass as the API server returns it. */
export interface StorageClassObject extends KubeObject {
  readonly provisioner?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly reclaimPolicy?: string;
  readonly volumeBindingMode?: string;
  readonly allowVolumeExpansion?: boolean;
  readonly allowedTopologies?: unknown;
}

export const className = "gp3";
/** The annotation of a default class, and the older one that API servers still read. */
const defaultMarks = [
  "storageclass.kubernetes.io/is-default-class",
  "storageclass.beta.kubernetes.io/is-default-class",
] as const;
/** Everything but the mark of the default, labels, and whether volumes may grow is fixed when a class is created. */
export const immutableClassSettings = ["driver", "volume type", "encryption key", "binding", "reclaims", "compute"];

/**
 * The classes that EKS and its EBS CSI driver mark as default without being asked for it, by name, with their drivers.
 * https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html
 */
const knownDefaults: ReadonlyMap<string, string> = new Map([
  ["gp2", "kubernetes.io/aws-ebs"],
  ["ebs-csi-default-sc", "ebs.csi.aws.com"],
]);

/** Returns whether EKS made the class: then it may lose the mark of the default. */
export function isOfEks({ metadata, provisioner }: StorageClassObject): boolean {
  return knownDefaults.get(metadata.name) === provisioner;
}

export function isDefault({ metadata }: StorageClassObject): boolean {
  return defaultMarks.some((mark) => metadata.annotations?.[mark] === "true");
}

/** A merge patch after which a class is no default. */
export function unmarked({ metadata }: StorageClassObject): Readonly<Record<string, unknown>> {
  const marks = defaultMarks.filter((mark) => metadata.annotations?.[mark] === "true");
  return { metadata: { annotations: Object.fromEntries(marks.map((mark) => [mark, "false"])) } };
}

/** Auto Mode has its own driver: https://docs.aws.amazon.com/eks/latest/userguide/create-storage-class.html */
function driverOf(world: RegionWorld): string {
  return isAuto(world) ? "ebs.csi.eks.amazonaws.com" : "ebs.csi.aws.com";
}

/** Volumes of Auto Mode cannot be attached to other nodes, which a cluster may have as well. */
const computeType = "eks.amazonaws.com/compute-type";

/** Returns the class as it is applied. Volumes are created where their pod is scheduled, in its zone. */
export function classObject(world: RegionWorld, keyArn: string): KubeObject {
  const only = [{ matchLabelExpressions: [{ key: computeType, values: ["auto"] }] }];
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: className, labels: ownLabels(world), annotations: { [defaultMarks[0]]: "true" } },
    provisioner: driverOf(world),
    parameters: { type: "gp3", encrypted: "true", kmsKeyId: keyArn },
    reclaimPolicy: "Delete",
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    ...(isAuto(world) ? { allowedTopologies: only } : {}),
  };
}

export function desiredClass(world: RegionWorld): Fields {
  return {
    driver: driverOf(world),
    "volume type": "gp3",
    "encryption key": keyName(world),
    binding: "WaitForFirstConsumer",
    reclaims: "Delete",
    compute: isAuto(world) ? "auto" : "any",
    expansion: true,
    default: true,
  };
}

/** Returns what a plan compares of a class. `keyArn` is the region's key, if it is known. */
export function classFields(found: StorageClassObject, world: RegionWorld, keyArn: string | undefined): Fields {
  const { type = "gp3", encrypted = "false", kmsKeyId } = found.parameters ?? {};
  const key = kmsKeyId !== undefined && kmsKeyId === keyArn ? keyName(world) : (kmsKeyId ?? "the default key");
  const isLimited = JSON.stringify(found.allowedTopologies ?? []).includes(computeType);
  return {
    driver: found.provisioner ?? "none",
    "volume type": type,
    "encryption key": encrypted === "true" ? key : "none",
    binding: found.volumeBindingMode ?? "Immediate",
    reclaims: found.reclaimPolicy ?? "Delete",
    compute: isLimited ? "auto" : "any",
    expansion: found.allowVolumeExpansion ?? false,
    default: isDefault(found),
  };
}
