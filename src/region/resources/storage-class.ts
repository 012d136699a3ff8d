import { AppError } from "../../core/error.ts";
import { itemsOf } from "../../core/items-of.ts";
import { differenceOf } from "../../core/compare-fields.ts";
import { hasTags } from "../../core/has-tags.ts";
import type { Operation } from "../../core/operation.ts";
import { blocked, creation, type Difference, ready, type ResourceContext, update } from "../../core/resource.ts";
import type { Cluster, ObjectRef } from "../../k8s/port.ts";
import { adoptingStep, ownLabels, type RegionResource, type RegionWorld } from "../world.ts";
import { accessEntry } from "./access-entry.ts";
import { nameOf, unknownBecause } from "./kubernetes-objects.ts";
import { kmsKey } from "./kms-key.ts";
import {
  classFields,
  className,
  classObject,
  desiredClass,
  immutableClassSettings,
  isDefault,
  isOfEks,
  type StorageClassObject,
  unmarked,
} from "./storage-class-settings.ts";
import { storage } from "./workload-addons.ts";

interface Classes {
  /** The class of gennet's name, which may be another's. */
  readonly own: StorageClassObject | undefined;
  /** Other classes that are marked as default. */
  readonly defaults: readonly StorageClassObject[];
}

/** Undefined while the API server does not accept the caller, but will; otherwise, why nothing is known. */
type Actual = Classes | { readonly unknown: Difference } | undefined;

const target = `StorageClass ${className}`;

/**
 * The default StorageClass: volumes of pods are encrypted with the region's key. What cannot be changed is replaced;
 * volumes and their claims keep what they were created with. The mark of the default is taken from the classes of EKS,
 * and from no others. Outputs its name.
 */
export const storageClass: RegionResource<Actual, string> = {
  id: "storage-class",
  title: "Default StorageClass",
  // Until it is updated, an older configuration of the driver keeps its own class the default.
  needs: [accessEntry, kmsKey, storage],
  inCluster: true,
  async read(at) {
    const access = at.output(accessEntry);
    // It goes together with the cluster.
    if (at.removing === true || access === undefined) return undefined;
    if (!access.admitted) return { unknown: unknownBecause(`${access.caller} has no access entry for the cluster`) };
    try {
      return await classesOf(await at.world.cluster(), at.signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "KUBE_DENIED") throw error;
      return { unknown: blocked(`what it is like is unknown: ${error.message}`) };
    }
  },
  diff(actual, at) {
    if (actual !== undefined && "unknown" in actual) return actual.unknown;
    // Its cluster cannot be asked yet.
    if (actual === undefined) return { operations: [creation(target)] };
    const { own, defaults } = actual;
    if (own !== undefined && !isOurs(own, at.world) && at.world.adopts !== true) {
      return blocked(`${target} exists, but was not made by gennet`, [], [adoptingStep]);
    }
    const marked = defaults
      .filter(isOfEks)
      .map((each) => update(nameOf(refOf(each.metadata.name)), "default", false, true));
    const { operations } = classDifference(own, at);
    // Of several defaults, the newest one counts: https://kubernetes.io/docs/concepts/storage/storage-classes/
    const newer = defaults.find((each) => !isOfEks(each) && isNewer(each, own));
    if (newer === undefined || operations.some(({ verb }) => verb !== "update")) {
      return { operations: [...operations, ...marked] };
    }
    const { name } = newer.metadata;
    return blocked(
      `${nameOf(refOf(name))} is newer and also marked as default, so Kubernetes creates volumes with it`,
      operations,
      [`kubectl annotate storageclass ${name} storageclass.kubernetes.io/is-default-class=false --overwrite`],
    );
  },
  async apply(actual, at) {
    if (actual === undefined || "unknown" in actual) return create(at);
    const cluster = await at.world.cluster();
    for (const each of actual.defaults.filter(isOfEks)) {
      await cluster.patch(refOf(each.metadata.name), { merge: unmarked(each) }, {}, at.signal);
    }
    const { operations } = classDifference(actual.own, at);
    if (operations.some(({ verb }) => verb === "replace")) await cluster.delete(refOf(className), at.signal);
    if (operations.length > 0) await create(at);
  },
  ready: () => ready,
  output: (actual) => (actual === undefined || "unknown" in actual ? undefined : actual.own?.metadata.name),
  adoption: {
    foreign: (actual, { world }) =>
      actual !== undefined && "own" in actual && actual.own !== undefined && !isOurs(actual.own, world)
        ? target
        : undefined,
    async mark(_actual, { world, signal }) {
      const labels = { metadata: { labels: ownLabels(world) } };
      await (await world.cluster()).patch(refOf(className), { merge: labels }, {}, signal);
    },
  },
};

async function create({ world, signal, required }: ResourceContext<RegionWorld>): Promise<void> {
  // It is gennet's own, so a field that another manager has set since is restored.
  await (await world.cluster()).apply(classObject(world, required(kmsKey)), { force: true }, signal);
}

async function classesOf(cluster: Cluster, signal: AbortSignal): Promise<Classes> {
  const query = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" };
  const all = await itemsOf(cluster.list<StorageClassObject>(query, signal));
  return {
    own: all.find(({ metadata }) => metadata.name === className),
    defaults: all.filter((each) => each.metadata.name !== className && isDefault(each)),
  };
}

function classDifference(own: StorageClassObject | undefined, at: ResourceContext<RegionWorld>): Difference {
  const desired = desiredClass(at.world);
  const difference = differenceOf(target, own && classFields(own, at.world, at.output(kmsKey)), desired);
  const replaced = difference.operations.filter(({ field = "" }) => immutableClassSettings.includes(field));
  if (replaced.length === 0) return difference;
  return { operations: replaced.map((each): Operation => ({ ...each, verb: "replace", fields: desired })) };
}

function isOurs({ metadata }: StorageClassObject, world: RegionWorld): boolean {
  return hasTags(metadata.labels ?? {}, ownLabels(world));
}

function isNewer(one: StorageClassObject, own: StorageClassObject | undefined): boolean {
  const [first = "", other = ""] = [one.metadata.creationTimestamp, own?.metadata.creationTimestamp];
  return own !== undefined && first > other;
}

function refOf(name: string): ObjectRef {
  return { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", name };
}
