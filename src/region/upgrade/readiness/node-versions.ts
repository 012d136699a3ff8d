import type { Nodegroup } from "../../../aws/eks/port.ts";
import type { CheckFinding } from "../../../core/check.ts";
import { enumerate } from "../../../core/enumerate.ts";
import { hasTags } from "../../../core/has-tags.ts";
import { minorBy, minorOf } from "../../../core/kubernetes/minor-version.ts";
import type { NodeObject } from "../../../core/kubernetes/node.ts";
import { shell } from "../../../core/shell-words.ts";
import { awsFlags } from "../../../core/aws-flags.ts";
import { ownTags, type RegionWorld } from "../../world.ts";
import type { UpgradeStep } from "../upgrade-step.ts";
import type { ReadinessCheck } from "./readiness-context.ts";

const id = "upgrade/node-versions";

export const nodeVersions: ReadinessCheck = {
  id,
  title: "Kubernetes versions of nodes",
  explain:
    "EKS upgrades a control plane only if its managed node groups have the same version: gennet upgrades its own groups first, which is a warning; others are a failure. A kubelet may be three minor versions older than the API server (two before 1.28) and never newer, so a cluster is rolled back only while its nodes have the older version: EKS cannot take a node group back to it, so such a group has to be replaced. Auto Mode replaces its nodes itself, in a rollback before the control plane and in an upgrade after it. https://kubernetes.io/releases/version-skew-policy/#kubelet",
  async run({ world, step, cluster, nodegroups, nodes }) {
    const found = await cluster();
    if (found === undefined) return [];
    const groups = (await nodegroups()).flatMap((group) => judgeGroup(group, step, world));
    const all = await nodes();
    const staying = step.kind === "upgrade" ? all : all.filter((node) => !isOfAutoMode(node));
    const kubelets = staying.filter((node) => isOutside(node, step));
    const outside = kubelets.length === 0 ? [] : [judgeKubelets(kubelets, step)];
    const findings = [...groups, ...outside];
    if (findings.length > 0) return findings;
    return [{ id, severity: "ok", subject: `${all.length} nodes`, summary: `can work with Kubernetes ${step.to}` }];
  },
};

function judgeGroup(group: Nodegroup, { kind, from, to }: UpgradeStep, world: RegionWorld): readonly CheckFinding[] {
  const { name, version = from } = group;
  const named = `${shell`--cluster-name ${world.region.cluster} --nodegroup-name ${name}`} ${awsFlags(world)}`;
  const about = { id, subject: `node group ${name}`, evidence: { version } };
  if (kind === "rollback") {
    if (minorOf(version) <= minorOf(to)) return [];
    const summary = `has Kubernetes ${version}, and EKS cannot take it back to ${to}`;
    const fix = `Move its pods to a node group with Kubernetes ${to}, then: aws eks delete-nodegroup ${named}`;
    return [{ ...about, severity: "fail", summary, fix }];
  }
  if (minorOf(version) >= minorOf(from)) return [];
  const summary = `has Kubernetes ${version}, but the control plane ${from}`;
  if (hasTags(group.tags, ownTags(world))) {
    return [{ ...about, severity: "warn", summary: `${summary}: it is upgraded first` }];
  }
  const fix = `aws eks update-nodegroup-version ${named} --kubernetes-version ${from}`;
  return [{ ...about, severity: "fail", summary: `${summary}, and it is not managed by gennet`, fix }];
}

function isOfAutoMode({ metadata }: NodeObject): boolean {
  return metadata.labels?.["eks.amazonaws.com/compute-type"] === "auto";
}

/** A node that does not tell its version is one that has just joined. */
function isOutside({ status }: NodeObject, { to }: UpgradeStep): boolean {
  const kubelet = status?.nodeInfo?.kubeletVersion;
  if (kubelet === undefined) return false;
  const behind = minorOf(to) - minorOf(kubelet);
  return behind < 0 || behind > mostBehind(to);
}

function mostBehind(version: string): number {
  return minorOf(version) >= 28 ? 3 : 2;
}

function judgeKubelets(nodes: readonly NodeObject[], { kind, to }: UpgradeStep): CheckFinding {
  const names = nodes.map(({ metadata: { name }, status }) => `${name} ${status?.nodeInfo?.kubeletVersion}`);
  const isNewer = nodes.some(({ status }) => minorOf(status?.nodeInfo?.kubeletVersion ?? "") > minorOf(to));
  const most = mostBehind(to);
  return {
    id,
    severity: "fail",
    subject: enumerate(names, "kubelet"),
    summary: isNewer
      ? `would be newer than an API server of ${to}`
      : `would be more than ${most} minor versions older than an API server of ${to}`,
    fix:
      kind === "rollback"
        ? `Replace these nodes by nodes with Kubernetes ${to}.`
        : `Upgrade these nodes to Kubernetes ${minorBy(to, -1)} first.`,
  };
}
