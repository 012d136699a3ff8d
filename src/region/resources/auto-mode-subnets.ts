import type { KubeObject } from "../../core/kubernetes/object.ts";
import { asDesired, blocked, type Difference, ready, type ResourceContext, update } from "../../core/resource.ts";
import type { Cluster } from "../../k8s/port.ts";
import type { RegionResource, RegionWorld } from "../world.ts";
import { accessEntry } from "./access-entry.ts";
import { askCluster, type NotAnswered } from "./ask-cluster.ts";
import { autoMode } from "./auto-mode.ts";
import { nameOf, unknownBecause } from "./kubernetes-objects.ts";
import { isAuto } from "./roles.ts";
import { subnets } from "./subnets.ts";

type At = ResourceContext<RegionWorld>;

/** The ids of the subnets; undefined while they cannot be asked for, and if there is no such object. */
type Actual = readonly string[] | NotAnswered | undefined;

const nodeClass = { apiVersion: "eks.amazonaws.com/v1", kind: "NodeClass", name: "default" } as const;

/**
 * The subnets in which Auto Mode launches nodes. EKS takes them from the cluster when it is turned on, and neither follows
 * a change of the cluster's nor wants the object edited. So a cluster that had public subnets then still has nodes in
 * them, and only making it again helps.
 * https://docs.aws.amazon.com/eks/latest/userguide/automode.html, https://github.com/aws/containers-roadmap/issues/2793
 */
export const autoModeSubnets: RegionResource<Actual, true> = {
  id: "auto-mode-subnets",
  title: "Subnets of Auto Mode's nodes",
  needs: [accessEntry, subnets, autoMode],
  onlyIfDue: true,
  wanted: isAuto,
  read: (at) => askCluster(at, subnetsOf),
  diff(actual, at) {
    if (actual === undefined) return asDesired;
    return "unknown" in actual ? unknownBecause(actual.unknown) : differenceFrom(actual, at);
  },
  apply: async () => undefined,
  ready: () => ready,
  output: () => true,
};

async function subnetsOf(cluster: Cluster, signal: AbortSignal): Promise<readonly string[] | undefined> {
  if (!(await cluster.serves(nodeClass.apiVersion, nodeClass.kind, signal))) return undefined;
  const found: NodeClass | undefined = await cluster.get(nodeClass, signal);
  return found?.spec?.subnetSelectorTerms?.flatMap(({ id }) => id ?? []);
}

/** https://docs.aws.amazon.com/eks/latest/userguide/create-node-class.html */
interface NodeClass extends KubeObject {
  readonly spec?: { readonly subnetSelectorTerms?: readonly { readonly id?: string }[] };
}

function differenceFrom(ids: readonly string[], at: At): Difference {
  const known = at.output(subnets)?.subnets;
  const isPrivate = (id: string): boolean => known?.some((each) => each.id === id && each.kind === "private") === true;
  const strays = ids.filter((id) => !isPrivate(id));
  if (known === undefined || strays.length === 0) return asDesired;
  const name = (id: string): string => known.find((each) => each.id === id)?.name ?? id;
  const wanted = known.filter(({ kind }) => kind === "private").map((each) => each.name);
  const change = update(nameOf(nodeClass), "subnets", wanted, ids.map(name));
  const { name: region } = at.world.region;
  return blocked(
    `Auto Mode launches nodes in ${strays.map(name).join(", ")} as well: EKS took the subnets from the cluster when Auto Mode was turned on, and does not change them`,
    [change],
    [
      `Set nodes.mode to managed in gennet.yaml, then: gennet region bootstrap ${region}`,
      `Set nodes.mode back to auto, then: gennet region bootstrap ${region}  # EKS takes the private subnets now`,
    ],
  );
}
