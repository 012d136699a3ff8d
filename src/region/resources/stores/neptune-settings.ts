import type { NeptuneChanges, NeptuneCluster, NeptuneSettings } from "../../../aws/neptune/port.ts";
import { differenceOf } from "../../../core/compare-fields.ts";
import { asDesired, blocked, ready, type ResourceContext, update } from "../../../core/resource.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { wantsNeptune } from "./neptune-facts.ts";
import { actualNeptune, impossibleNeptuneVersion, namedNeptune, wantedNeptune } from "./neptune-fields.ts";
import { neptuneParameterGroup, neptuneSecurityGroup } from "./neptune-groups.ts";
import { neptuneInstances } from "./neptune-instances.ts";
import { unlessKept } from "./neptune-removal.ts";
import { neptuneReadiness } from "./neptune-status.ts";
import { readNeptune } from "./neptune.ts";

/** The settings of the cluster, each changed in place and at once. Outputs the cluster. */
export const neptuneSettings: RegionResource<NeptuneCluster | undefined, NeptuneCluster> = {
  id: "neptune-settings",
  title: "Settings of Neptune",
  needs: [neptuneInstances, neptuneSecurityGroup, neptuneParameterGroup],
  wanted: wantsNeptune,
  patienceMs: 120 * 60_000,
  read: readNeptune,
  diff(cluster, at) {
    // A cluster is created with its settings.
    if (cluster === undefined) return asDesired;
    const wanted = wantedIn(at, cluster);
    const { operations } = differenceOf(`settings of ${cluster.id}`, actualNeptune(cluster), namedNeptune(wanted));
    const reason = impossibleNeptuneVersion(cluster, wanted.version);
    return reason === undefined ? { operations } : blocked(reason, operations);
  },
  async apply(cluster, at) {
    if (cluster === undefined) return;
    const { logs, ...settings } = wantedIn(at, cluster);
    const now = actualNeptune(cluster);
    const isChanged = (part: Partial<NeptuneSettings>): boolean =>
      differenceOf("", now, namedNeptune(part)).operations.length > 0;
    const changed = Object.fromEntries(
      Object.entries(settings).filter(([setting, value]) => isChanged({ [setting]: value })),
    ) as NeptuneChanges;
    const exported = {
      added: logs.filter((each) => !cluster.logs.includes(each)),
      removed: cluster.logs.filter((each) => !logs.includes(each)),
    };
    const changes = { ...changed, ...(isChanged({ logs }) ? { logs: exported } : {}) };
    await (await at.world.aws.service("neptune")).modifyCluster(cluster.id, changes, at.signal);
  },
  ready(cluster) {
    const readiness = neptuneReadiness(cluster);
    if (readiness.state !== "ready" || cluster === undefined || cluster.pending.length === 0) return readiness;
    return { state: "waiting", detail: `applying ${cluster.pending.join(", ")}` };
  },
  output: (cluster) => cluster,
  removal: {
    diff(cluster, { world }) {
      if (cluster?.deletionProtection !== true) return asDesired;
      return unlessKept([update(`settings of ${cluster.id}`, "deletion protection", false, true)], cluster, world);
    },
    async apply(cluster, { world, signal }) {
      if (cluster === undefined) return;
      await (await world.aws.service("neptune")).modifyCluster(cluster.id, { deletionProtection: false }, signal);
    },
    gone: (cluster) => (cluster?.deletionProtection === true ? { state: "waiting", detail: "still protected" } : ready),
  },
};

/** The security group of the cluster, while a plan does not know its own. */
function wantedIn(at: ResourceContext<RegionWorld>, { securityGroupIds: [own = ""] }: NeptuneCluster): NeptuneSettings {
  return wantedNeptune(at.world, at.output(neptuneSecurityGroup) ?? own);
}
