import { accessCalls } from "./access-calls.ts";
import { addonCalls } from "./addon-calls.ts";
import { eksCalls } from "./calls.ts";
import { capabilityCalls, capabilityOf } from "./capability.ts";
import { clusterCalls } from "./cluster-calls.ts";
import { clusterUpdateCalls } from "./cluster-updates.ts";
import { nodegroupCalls } from "./nodegroup-calls.ts";
import { insightCalls } from "./insights.ts";
import type { Eks } from "./port.ts";
import { versionCalls } from "./versions.ts";
import type { Connected, Session } from "../session.ts";

/**
 * Connects to EKS through its SDK. Names are unique in EKS, and the SDK gives each create call its own token, so
 * that a retry of a call whose response was lost never creates a second resource.
 */
export function createEks(session: Session): Connected<Eks> {
  const calls = eksCalls(session);
  const nodegroups = nodegroupCalls(calls);
  const addons = addonCalls(calls);
  const clusters = clusterCalls(calls);
  const settled: Eks["settled"] = async (cluster, part, signal) => {
    const named = Object.entries(part ?? { cluster }).map((words) => words.join(" "));
    const read = async (): Promise<{ readonly status: string } | undefined> => {
      if (part === undefined) return clusters.cluster(cluster, signal);
      if ("nodegroup" in part) return nodegroups.nodegroup(cluster, part.nodegroup, signal);
      if ("addon" in part) return addons.addon(cluster, part.addon, signal);
      return capabilityOf(calls, cluster, part.capability, signal);
    };
    await calls.settled(named.join(), read, signal);
  };
  return {
    port: {
      ...clusters,
      ...nodegroups,
      ...addons,
      ...capabilityCalls(calls),
      ...accessCalls(calls),
      ...versionCalls(calls),
      ...clusterUpdateCalls(calls),
      ...insightCalls(calls),
      settled,
    },
    close: () => calls.client.destroy(),
  };
}
