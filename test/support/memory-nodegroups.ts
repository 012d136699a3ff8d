import type { Eks, Nodegroup } from "../../src/aws/eks/port.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { EksWorld } from "./memory-eks.ts";
import { partArn } from "./part-arn.ts";
import { demandRole } from "./memory-iam.ts";

type NodegroupCalls = Pick<
  Eks,
  | "nodegroupNames"
  | "nodegroups"
  | "nodegroup"
  | "createNodegroup"
  | "updateNodegroup"
  | "rollNodegroup"
  | "deleteNodegroup"
>;

/** The node groups of the in-memory EKS. */
export function memoryNodegroups(world: EksWorld): NodegroupCalls {
  const { clusters, nodegroups, things, iam, phases, change } = world;
  const idOf = (name: string): string => `nodegroup ${name}`;
  const demandScaling = (action: string, { min, desired, max }: Nodegroup["scaling"]): void => {
    const fits = min >= 0 && max >= 1 && min <= desired && desired <= max;
    const bad = `Minimum ${min}, desired ${desired} and maximum ${max} do not fit`;
    demand(fits, action, "InvalidParameterException", bad);
  };
  const demandTemplate = (action: string, { id, version }: NonNullable<Nodegroup["template"]>): void => {
    const template = things.find((thing) => thing.kind === "launch-template" && thing.id === id);
    const exists = template !== undefined && version <= Number(template.facts["latestVersion"]);
    demand(exists, action, "InvalidParameterException", `Launch template ${id} has no version ${version}`);
  };
  /** Returns a node group that can be updated. */
  const updatable = (action: string, cluster: string, name: string): Nodegroup => {
    const group = clusters.has(cluster) ? nodegroups.get(name) : undefined;
    if (group === undefined) {
      return refuse(action, "ResourceNotFoundException", `No node group found for name: ${name}.`);
    }
    const able = group.status === "ACTIVE" || group.status === "DEGRADED";
    demand(able, action, "InvalidRequestException", `Nodegroup ${name} is in ${group.status} status`);
    return group;
  };
  const port: NodegroupCalls = {
    nodegroupNames: async (cluster) => (clusters.has(cluster) ? [...nodegroups.keys()] : []),
    nodegroups: async (cluster) => (clusters.has(cluster) ? [...nodegroups.values()] : []),
    nodegroup: async (cluster, name) => {
      if (!clusters.has(cluster) || !nodegroups.has(name)) return undefined;
      const status = phases.shown(idOf(name));
      const group = nodegroups.get(name);
      return group === undefined || status === undefined ? group : { ...group, status };
    },
    createNodegroup: ({ cluster, instanceType, ...settings }) =>
      change(() => {
        const action = "EKS CreateNodegroup";
        const { name } = settings;
        world.active(action, cluster);
        const taken = `NodeGroup already exists with name ${name} and cluster name ${cluster}`;
        demand(!nodegroups.has(name), action, "ResourceInUseException", taken);
        const named = /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/.test(name);
        demand(named, action, "InvalidParameterException", `The name '${name}' is invalid`);
        demandRole(iam, action, settings.roleArn, "ec2.amazonaws.com");
        demandScaling(action, settings.scaling);
        demandTemplate(action, settings.template);
        demandTags(action, settings.tags);
        const subnets = world.subnets(action, settings.subnetIds);
        demand(subnets.length > 0, action, "InvalidParameterException", "Subnets are required");
        const isArm = /^[a-z]+\d+g\./.test(instanceType);
        const fits = isArm === settings.imageType.includes("_ARM_64");
        const unfit = `[${instanceType}] is not a valid instance type for requested amiType ${settings.imageType}`;
        demand(fits, action, "InvalidParameterException", unfit);
        const { id, version } = settings.template;
        const template = { id, version };
        const kubernetes = clusters.get(cluster)?.version ?? "";
        const arn = partArn(clusters.get(cluster), "nodegroup", name);
        const own = { arn, template, version: kubernetes, instanceTypes: [instanceType] };
        const made: Nodegroup = { ...settings, ...own, status: "ACTIVE", issues: [] };
        nodegroups.set(name, made);
        phases.begin(idOf(name), "CREATING");
        return made;
      }),
    updateNodegroup: (cluster, name, { scaling, labels, taints, repair }) =>
      phases.update(idOf(name), () => {
        const action = "EKS UpdateNodegroupConfig";
        const group = updatable(action, cluster, name);
        if (scaling !== undefined) demandScaling(action, scaling);
        const kept = Object.entries(group.labels).filter(([key]) => !labels.removed.includes(key));
        const named = ({ key, effect }: Nodegroup["taints"][number]): string => `${key}:${effect}`;
        const gone = [...taints.removed, ...taints.set].map(named);
        const after = {
          ...group,
          ...(scaling === undefined ? {} : { scaling }),
          repair,
          labels: { ...Object.fromEntries(kept), ...labels.set },
          taints: [...group.taints.filter((taint) => !gone.includes(named(taint))), ...taints.set],
        };
        phases.begin(idOf(name), "UPDATING", () => void nodegroups.set(name, after));
      }),
    rollNodegroup: (cluster, { name, version: kubernetes }, template) =>
      phases.update(idOf(name), () => {
        const action = "EKS UpdateNodegroupVersion";
        const group = updatable(action, cluster, name);
        const own = group.template?.id === template?.id;
        demand(own, action, "InvalidParameterException", "You cannot change the launch template of a node group");
        if (template !== undefined) demandTemplate(action, template);
        const plane = clusters.get(cluster)?.version ?? "";
        const nodes = kubernetes ?? plane;
        const fresh = template?.version !== group.template?.version || nodes !== group.version;
        const same = `Nodegroup ${name} is already at version ${template?.version} and Kubernetes ${nodes}`;
        demand(fresh, action, "InvalidParameterException", same);
        demand(nodes <= plane, action, "InvalidRequestException", `Kubernetes ${nodes} is newer than the cluster's`);
        const back = `You cannot roll back a node group from ${group.version} to ${nodes}`;
        demand(nodes >= (group.version ?? ""), action, "InvalidParameterException", back);
        const after = { ...group, version: nodes, ...(template === undefined ? {} : { template }) };
        phases.begin(idOf(name), "UPDATING", () => void nodegroups.set(name, after));
      }),
    deleteNodegroup: async (cluster, name) => {
      if (!clusters.has(cluster) || !nodegroups.has(name)) return;
      if (phases.current(idOf(name)) !== "DELETING") phases.settle(idOf(name));
      await change(() => phases.begin(idOf(name), "DELETING", () => void nodegroups.delete(name)));
    },
  };
  return port;
}
