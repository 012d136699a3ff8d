import type { CheckFinding } from "../../../core/check.ts";
import { itemsOf } from "../../../core/items-of.ts";
import { unreadyNodes } from "../../../core/kubernetes/node.ts";
import { controllerOf, hasCondition } from "../../../core/kubernetes/object.ts";
import { isAlive, ownerOf, type PodObject } from "../../../core/kubernetes/pod.ts";
import { lookAt, troubleOf } from "../../../core/kubernetes/pod-trouble.ts";
import { shell } from "../../../core/shell-words.ts";
import { doNotDisrupt, isKept } from "./do-not-disrupt.ts";
import type { ReadinessCheck } from "./readiness-context.ts";
import { localVolumes, storesOf, type VolumeObject } from "./local-storage.ts";

const id = "upgrade/pods";

export const pods: ReadinessCheck = {
  id,
  title: "pods that new nodes would harm",
  explain:
    "Every pod moves to another node when nodes are replaced. A pod without a controller is deleted and not created again. What a StatefulSet keeps in an emptyDir is lost with its pod, and a local PersistentVolume stays on the node that goes, so that its pod cannot start anywhere else: that is a failure. A pod that is broken already looks afterwards as if the upgrade had broken it. In Auto Mode, a pod with karpenter.sh/do-not-disrupt delays the replacement of its node up to the node's termination grace period.",
  async run({ pods: read, nodes, replacement, kube }, signal) {
    const replaced = await replacement();
    if (replaced === "none") return [];
    const cluster = await kube();
    const { kubectl } = cluster;
    const [all, lost] = await Promise.all([read(), nodes().then(unreadyNodes)]);
    const moving = all.filter((pod) => isAlive(pod) && !staysOnNode(pod));
    const volumes = await itemsOf(cluster.list<VolumeObject>({ apiVersion: "v1", kind: "PersistentVolume" }, signal));
    const findings = [
      ...moving.flatMap((pod) => broken(pod, lost, kubectl)),
      ...moving.filter((pod) => controllerOf(pod) === undefined).map((pod) => bare(pod, kubectl)),
      ...moving.flatMap((pod) => stored(pod, kubectl)),
      ...localVolumes(volumes, id, kubectl),
      ...(replaced === "auto mode" ? moving.filter(isKept).map((pod) => kept(pod, kubectl)) : []),
    ];
    if (findings.length > 0) return findings;
    return [{ id, severity: "ok", subject: `${moving.length} pods`, summary: "can move to other nodes" }];
  },
};

/** Pods of a DaemonSet are bound to nodes, and so are those of files of the kubelet. */
function staysOnNode(pod: PodObject): boolean {
  const isOfKubelet = pod.metadata.annotations?.["kubernetes.io/config.mirror"] !== undefined;
  return isOfKubelet || controllerOf(pod)?.kind === "DaemonSet";
}

function subjectOf({ metadata }: PodObject): string {
  return `pod ${metadata.namespace}/${metadata.name}`;
}

function broken(pod: PodObject, lost: ReadonlySet<string>, kubectl: string): readonly CheckFinding[] {
  if (hasCondition(pod, "Ready")) return [];
  const trouble = troubleOf(pod, lost);
  if (!trouble.definite) return [];
  const summary = `${trouble.summary}; it is broken before the change`;
  return [{ id, severity: "warn", subject: subjectOf(pod), summary, fix: lookAt(pod, trouble, kubectl) }];
}

function bare(pod: PodObject, kubectl: string): CheckFinding {
  const { namespace = "default", name } = pod.metadata;
  const summary = "has no controller: a drain deletes it, and nothing creates it again";
  const fix = `${kubectl} ${shell`-n ${namespace} get pod ${name} -o yaml`}  # keep it, or make it a Deployment`;
  return { id, severity: "warn", subject: subjectOf(pod), summary, fix };
}

function stored(pod: PodObject, kubectl: string): readonly CheckFinding[] {
  const stores = ownerOf(pod)?.kind === "StatefulSet" ? storesOf(pod) : [];
  if (stores.length === 0) return [];
  const { namespace = "default", name } = pod.metadata;
  const summary = `loses what it keeps in emptyDir ${stores.join(", ")}`;
  const fix = `${kubectl} ${shell`-n ${namespace} get pod ${name} -o yaml`}  # use a PersistentVolumeClaim`;
  return [{ id, severity: "warn", subject: subjectOf(pod), summary, fix }];
}

function kept(pod: PodObject, kubectl: string): CheckFinding {
  const { namespace = "default", name } = pod.metadata;
  const fix = `${kubectl} ${shell`-n ${namespace} annotate pod ${name} ${`${doNotDisrupt}-`}`}`;
  const summary = `has ${doNotDisrupt}: its node is replaced after its termination grace period only`;
  return { id, severity: "warn", subject: subjectOf(pod), summary, fix };
}
