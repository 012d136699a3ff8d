import type { Nodegroup, NodegroupChange } from "../../aws/eks/port.ts";
import type { Fields } from "../../core/compare-fields.ts";
import type { ResourceContext } from "../../core/resource.ts";
import type { Region } from "../../platform/schema.ts";
import { type RegionWorld, roleName, templateName } from "../world.ts";
import { nodeTemplate } from "./node-template.ts";
import { subnets } from "./subnets.ts";

type At = ResourceContext<RegionWorld>;
type Nodes = Region["nodes"];
type Taints = Nodegroup["taints"];

/** EKS fixes these when it creates a node group. */
export const immutableNodeSettings = ["role", "instance type", "image", "launch template", "subnets"];

/** Returns what a plan compares of a node group, apart from the number of nodes. */
export function nodesOf(group: Nodegroup, at: At): Fields {
  const template = group.template?.id;
  const isOwn = template !== undefined && template === at.output(nodeTemplate)?.id;
  return {
    role: group.roleArn.split("/").at(-1) ?? "",
    "instance type": group.instanceTypes.join(", "),
    image: group.imageType,
    "launch template": isOwn ? templateName(at.world, "nodes") : (template ?? "none"),
    subnets: isAstray(group, at) ? group.subnetIds : "private",
    "at least": group.scaling.min,
    "at most": group.scaling.max,
    labels: labelsInWords(group.labels),
    taints: group.taints.map(taintInWords),
    repair: group.repair,
  };
}

/** Returns what a plan wants of a node group. */
export function desiredNodes({ world }: At): Fields {
  const { instanceType, min, desired, max, labels, taints, repair } = world.region.nodes;
  return {
    role: roleName(world, "node"),
    "instance type": instanceType,
    image: imageTypeOf(instanceType),
    "launch template": templateName(world, "nodes"),
    subnets: "private",
    nodes: desired,
    "at least": min,
    "at most": max,
    labels: labelsInWords(labels),
    taints: taintsFor(taints).map(taintInWords),
    repair,
  };
}

/** Returns the change that makes a node group as gennet.yaml wants it, apart from its launch template. */
export function nodeChange(group: Nodegroup, nodes: Nodes): NodegroupChange {
  const taints = taintsFor(nodes.taints);
  const has = (all: Taints, one: Taints[number]): boolean =>
    all.some((each) => taintInWords(each) === taintInWords(one));
  const idOf = ({ key, effect }: Taints[number]): string => `${key}:${effect}`;
  const { min, desired, max } = group.scaling;
  const scaling = { min: nodes.min, max: nodes.max, desired: clamped(desired, nodes) };
  const isScaled = min !== scaling.min || max !== scaling.max || desired !== scaling.desired;
  return {
    ...(isScaled ? { scaling } : {}),
    labels: {
      set: Object.fromEntries(Object.entries(nodes.labels).filter(([key, value]) => group.labels[key] !== value)),
      removed: Object.keys(group.labels).filter((key) => !(key in nodes.labels)),
    },
    taints: {
      set: taints.filter((taint) => !has(group.taints, taint)),
      // A taint is known by its key and effect; one with another value is only set.
      removed: group.taints.filter((taint) => !taints.some((each) => idOf(each) === idOf(taint))),
    },
    repair: nodes.repair,
  };
}

/** Returns the nearest number of nodes that the limits allow. */
export function clamped(count: number, { min, max }: Pick<Nodes, "min" | "max">): number {
  return Math.min(Math.max(count, min), max);
}

/**
 * Returns the kind of image for a type of instance. Arm processors have a g after the generation, m7g, or are a1:
 * https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html
 */
export function imageTypeOf(instanceType: string): string {
  return /^(a1|[a-z]+\d+[a-z]*g[a-z]*)\./.test(instanceType) ? "AL2023_ARM_64_STANDARD" : "AL2023_x86_64_STANDARD";
}

export function taintsFor(taints: Nodes["taints"]): Taints {
  return taints.map(({ key, value, effect }) => ({ key, ...(value === undefined ? {} : { value }), effect }));
}

/** A subnet that was added to the region is not missing: EKS does not add it to a node group. */
function isAstray({ subnetIds }: Nodegroup, at: At): boolean {
  const known = at.output(subnets)?.subnets;
  return (
    known !== undefined &&
    subnetIds.some((id) => known.every((subnet) => subnet.id !== id || subnet.kind !== "private"))
  );
}

function labelsInWords(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).map((label) => label.join("="));
}

function taintInWords({ key, value, effect }: Taints[number]): string {
  return `${key}${value === undefined ? "" : `=${value}`}:${effect}`;
}
