import type { NeptuneCluster, NeptuneInstance } from "../../../aws/neptune/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { type Difference, notVisible, ready, type Readiness, type ResourceContext } from "../../../core/resource.ts";
import type { Operation } from "../../../core/operation.ts";
import { ownedOrGoing } from "../../owned-only.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { dbInstanceReadiness } from "./db-instance-status.ts";
import { isNeptuneInstanceId, neptuneId, neptuneInstanceIds, neptuneSpec, wantsNeptune } from "./neptune-facts.ts";
import { unlessKept } from "./neptune-removal.ts";
import { neptune, readNeptune } from "./neptune.ts";

export interface FoundInstances {
  readonly cluster: NeptuneCluster | undefined;
  readonly instances: readonly NeptuneInstance[];
  /** How many the region is to have. */
  readonly wanted: number;
}

export async function readInstances(at: ResourceContext<RegionWorld>): Promise<FoundInstances> {
  const { world, signal } = at;
  const id = neptuneId(world);
  const [cluster, found] = await Promise.all([
    readNeptune(at),
    (await world.aws.service("neptune")).instances(id, signal),
  ]);
  const named = found.filter((instance) => isNeptuneInstanceId(instance.id, id));
  const instances = named.map((instance) => ownedOrGoing(instance, `DB instance "${instance.id}"`, world));
  return { cluster, instances, wanted: neptuneInstanceIds(world).length };
}

export function instancesReadiness({ instances, wanted }: FoundInstances): Readiness {
  if (instances.length < wanted) return notVisible;
  const states = instances.map((instance): readonly [string, Readiness] => [instance.id, readinessOf(instance)]);
  const [id, open] =
    states.find(([, { state }]) => state === "failed") ?? states.find(([, { state }]) => state !== "ready") ?? [];
  if (open === undefined || open.state === "ready") return ready;
  if (open.state === "failed") return { ...open, reason: `${id}: ${open.reason}` };
  return { ...open, detail: `${id}: ${open.detail}` };
}

/**
 * The instances of the cluster: a writer and its replicas, of which one writes if the writer fails. Instances that others
 * add, such as Neptune's auto-scaling, are left alone. Outputs the cluster as it is with its instances.
 */
export const neptuneInstances: RegionResource<FoundInstances, NeptuneCluster> = {
  id: "neptune-instances",
  title: "Instances of Neptune",
  needs: [neptune],
  wanted: wantsNeptune,
  patienceMs: 60 * 60_000,
  read: readInstances,
  diff({ instances }, { world }): Difference {
    const changed = neptuneInstanceIds(world).flatMap(
      (id) => differenceOf(id, fieldsOf(instances.find((each) => each.id === id)), wantedFields(world)).operations,
    );
    return { operations: [...changed, ...surplus(instances, world).map(({ id }) => deleted(id))] };
  },
  async apply({ instances }, { world, signal }) {
    const service = await world.aws.service("neptune");
    const settings = wantedSettings(world);
    for (const id of neptuneInstanceIds(world)) {
      const instance = instances.find((each) => each.id === id);
      if (instance === undefined) {
        const clusterId = neptuneId(world);
        await service.createInstance({ ...settings, id, clusterId, tags: ownTags(world) }, signal);
      } else if (differenceOf(id, fieldsOf(instance), wantedFields(world)).operations.length > 0) {
        await service.modifyInstance(id, settings, signal);
      }
    }
    for (const { id } of surplus(instances, world)) await service.deleteInstance(id, signal);
  },
  ready: instancesReadiness,
  output: ({ cluster, instances }) => (instances.length === 0 ? undefined : cluster),
  removal: {
    diff({ cluster, instances }, { world }) {
      const operations = instances.filter(({ status }) => status !== "deleting").map(({ id }) => deleted(id));
      if (operations.length === 0 || cluster === undefined) return { operations };
      return unlessKept(operations, cluster, world);
    },
    async apply({ instances }, { world, signal }) {
      const service = await world.aws.service("neptune");
      for (const { id, status } of instances) if (status !== "deleting") await service.deleteInstance(id, signal);
    },
    gone: ({ instances: [instance] }) =>
      instance === undefined ? ready : { state: "waiting", detail: `${instance.id}: ${instance.status}` },
  },
};

function readinessOf(instance: NeptuneInstance): Readiness {
  const readiness = dbInstanceReadiness(instance);
  if (readiness.state !== "ready" || instance.pendingClass === undefined) return readiness;
  return { state: "waiting", detail: `changing to ${instance.pendingClass}` };
}

function wantedSettings(world: RegionWorld): Pick<NeptuneInstance, "instanceClass" | "upgradesItself"> {
  // The version is that of gennet.yaml.
  return { instanceClass: neptuneSpec(world).instance, upgradesItself: false };
}

function wantedFields(world: RegionWorld): NonNullable<ReturnType<typeof fieldsOf>> {
  const { instanceClass, upgradesItself } = wantedSettings(world);
  return { "instance class": instanceClass, "minor upgrades by AWS": upgradesItself };
}

function fieldsOf(
  instance: NeptuneInstance | undefined,
): Readonly<Record<"instance class" | "minor upgrades by AWS", string | boolean>> | undefined {
  if (instance === undefined) return undefined;
  const { pendingClass, instanceClass, upgradesItself } = instance;
  return { "instance class": pendingClass ?? instanceClass, "minor upgrades by AWS": upgradesItself };
}

function deleted(id: string): Operation {
  return { verb: "delete", target: id };
}

/** Returns the instances that gennet made, and gennet.yaml has no more. */
function surplus(instances: readonly NeptuneInstance[], world: RegionWorld): readonly NeptuneInstance[] {
  const wanted = neptuneInstanceIds(world);
  return instances.filter(({ id, status }) => !wanted.includes(id) && status !== "deleting");
}
