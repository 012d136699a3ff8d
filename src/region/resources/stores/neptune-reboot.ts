import type { NeptuneCluster } from "../../../aws/neptune/port.ts";
import { update } from "../../../core/resource.ts";
import type { RegionResource } from "../../world.ts";
import { neptuneId, wantsNeptune } from "./neptune-facts.ts";
import { type FoundInstances, instancesReadiness, readInstances } from "./neptune-instances.ts";
import { neptuneSettings } from "./neptune-settings.ts";

const awaitsReboot = "pending-reboot";

/**
 * A reboot of each instance that waits for one to use the parameters of the cluster: Neptune never does that by itself.
 * Outputs the cluster.
 */
export const neptuneReboot: RegionResource<FoundInstances, NeptuneCluster> = {
  id: "neptune-reboot",
  title: "Parameters in use by Neptune",
  needs: [neptuneSettings],
  wanted: wantsNeptune,
  patienceMs: 60 * 60_000,
  read: readInstances,
  diff({ cluster }, { world }) {
    // Another parameter group, which the settings change, is not used before a reboot.
    const changes = cluster !== undefined && cluster.parameterGroup !== neptuneId(world);
    const operations = (cluster?.members ?? [])
      .filter(({ parameterStatus }) => changes || parameterStatus === awaitsReboot)
      .map(({ id }) => update(`parameters in use by ${id}`, "status", "in-sync", awaitsReboot));
    return { operations };
  },
  async apply({ cluster }, { world, signal }) {
    const service = await world.aws.service("neptune");
    for (const { id, parameterStatus } of cluster?.members ?? []) {
      if (parameterStatus === awaitsReboot) await service.rebootInstance(id, signal);
    }
  },
  ready(found) {
    // Whether there are enough is not its business.
    const readiness = instancesReadiness({ ...found, wanted: 0 });
    const waiting = found.cluster?.members.find(({ parameterStatus }) => parameterStatus === awaitsReboot);
    if (readiness.state !== "ready" || waiting === undefined) return readiness;
    return { state: "waiting", detail: `parameters of ${waiting.id}: ${awaitsReboot}` };
  },
  output: ({ cluster }) => cluster,
};
