import type { NeptuneCluster } from "../../../aws/neptune/port.ts";
import { differenceOf, type Fields } from "../../../core/compare-fields.ts";
import { creation, type ResourceContext } from "../../../core/resource.ts";
import { ownedOrGoing } from "../../owned-only.ts";
import { ownTags, type RegionResource, type RegionWorld } from "../../world.ts";
import { kmsKey } from "../kms-key.ts";
import { neptuneId, wantsNeptune } from "./neptune-facts.ts";
import { shownNeptune, wantedNeptune } from "./neptune-fields.ts";
import { neptuneParameterGroup, neptuneSecurityGroup, neptuneSubnetGroup } from "./neptune-groups.ts";
import { type FoundNeptune, neptuneRemoval } from "./neptune-removal.ts";
import { finalClusterSnapshots, neptuneReadiness } from "./neptune-status.ts";

const engine = "neptune";

export async function readNeptune({
  world,
  signal,
}: ResourceContext<RegionWorld>): Promise<NeptuneCluster | undefined> {
  const cluster = await (await world.aws.service("neptune")).cluster(neptuneId(world), signal);
  return cluster && ownedOrGoing(cluster, `DB cluster "${cluster.id}"`, world);
}

/**
 * The region's Neptune, whose data no other region has. A cluster is only storage: instances answer. Outputs the
 * cluster.
 */
export const neptune: RegionResource<FoundNeptune, NeptuneCluster> = {
  id: "neptune",
  title: "Neptune",
  needs: [kmsKey, neptuneSubnetGroup, neptuneSecurityGroup, neptuneParameterGroup],
  wanted: wantsNeptune,
  patienceMs: 60 * 60_000,
  async read(at) {
    const cluster = await readNeptune(at);
    if (at.removing !== true) return { cluster, snapshots: [] };
    const { world, signal } = at;
    const id = neptuneId(world);
    const snapshots = await (await world.aws.service("neptune")).snapshots(id, signal);
    const logGroup = await (await world.aws.service("logs")).logGroup(`/aws/neptune/${id}/audit`, signal);
    return {
      cluster,
      snapshots: snapshots.filter((snapshot) => snapshot.startsWith(finalClusterSnapshots(id))),
      ...(logGroup && { logGroup: logGroup.name }),
    };
  },
  diff({ cluster }, at) {
    const target = neptuneId(at.world);
    if (cluster === undefined) {
      return { operations: [creation(target, { ...shownNeptune(at.world), encrypted: true, TLS: "required" })] };
    }
    const wanted = { engine, encrypted: true, ...places(at) };
    return differenceOf(target, fieldsOf(cluster), wanted, Object.keys(wanted));
  },
  async apply({ cluster }, at) {
    if (cluster !== undefined) return;
    const { world, signal } = at;
    at.required(neptuneParameterGroup);
    await (
      await world.aws.service("neptune")
    ).createCluster(
      {
        ...wantedNeptune(world, at.required(neptuneSecurityGroup)),
        id: neptuneId(world),
        keyArn: at.required(kmsKey),
        subnetGroup: at.required(neptuneSubnetGroup),
        tags: ownTags(world),
      },
      signal,
    );
  },
  ready: ({ cluster }) => neptuneReadiness(cluster),
  output: ({ cluster }) => (cluster === undefined || cluster.status === "creating" ? undefined : cluster),
  removal: neptuneRemoval,
};

function fieldsOf({ engine: own, encrypted, keyArn, subnetGroup }: NeptuneCluster): Fields {
  return { engine: own, encrypted, ...(keyArn && { "encryption key": keyArn }), "subnet group": subnetGroup };
}

/** Returns the fields that other resources decide, as far as those exist. */
function places(at: ResourceContext<RegionWorld>): Fields {
  const key = at.output(kmsKey);
  const group = at.output(neptuneSubnetGroup);
  return { ...(key && { "encryption key": key }), ...(group && { "subnet group": group }) };
}
