import { field, fields, type Fields, isFields, list, type Path, text } from "./fields.ts";
import { isKind, type Manifest, mayBeIn } from "./manifest.ts";

/** What runs for as long as it is wanted: jobs end, and pods of their own are nobody's service. */
export function isWorkload(manifest: Manifest): boolean {
  return (
    isKind(manifest, "apps", "Deployment", "StatefulSet", "DaemonSet") ||
    (isKind(manifest, "argoproj.io", "Rollout") && isFields(field(manifest.value, "spec", "template", "spec")))
  );
}

const template: Path = ["spec", "template"];

export interface Container {
  readonly name: string;
  readonly value: unknown;
  readonly path: Path;
}

/** The containers that run all the time; not native sidecars, nor what Istio's injector fills in. */
export function containersOf(workload: Manifest): readonly Container[] {
  const path = podPath(workload);
  if (path === undefined) return [];
  return containersAt(workload, [...path, "spec", "containers"]).filter((container) => !isInjected(container));
}

/**
 * Image, probes and resources of such a container come from Istio when the pod is created.
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#customizing-injection
 */
function isInjected({ name, value }: Container): boolean {
  return name === "istio-proxy" && [undefined, "auto"].includes(text(value, "image"));
}

/** The pod that an object makes, as its template; undefined for an object that makes none. */
export function podTemplateOf(manifest: Manifest): unknown {
  const path = podPath(manifest);
  return path === undefined ? undefined : field(manifest.value, ...path);
}

/** Every container of anything that has pods, those that run first too. */
export function allContainersOf(manifest: Manifest): readonly Container[] {
  const path = podPath(manifest);
  if (path === undefined) return [];
  return ["containers", "initContainers"].flatMap((key) => containersAt(manifest, [...path, "spec", key]));
}

/** Where an object holds the pod it makes. */
function podPath(manifest: Manifest): Path | undefined {
  if (isKind(manifest, "", "Pod")) return [];
  if (isKind(manifest, "batch", "CronJob")) return ["spec", "jobTemplate", "spec", "template"];
  return isWorkload(manifest) || isKind(manifest, "batch", "Job") || isKind(manifest, "apps", "ReplicaSet")
    ? template
    : undefined;
}

function containersAt({ value }: Manifest, path: Path): Container[] {
  return list(value, ...path).map((each, index) => ({
    name: text(each, "name") ?? String(index),
    value: each,
    path: [...path, index],
  }));
}

export const annotationsPath: Path = [...template, "metadata", "annotations"];

export function podAnnotations(workload: Manifest): Fields {
  return fields(workload.value, ...annotationsPath);
}

export function podLabels(workload: Manifest): Fields {
  return fields(workload.value, ...template, "metadata", "labels");
}

/** Whether a label selector (matchLabels and matchExpressions) picks these labels; an empty one picks all. */
export function selects(selector: unknown, labels: Fields): boolean {
  const equal = Object.entries(fields(selector, "matchLabels")).every(([key, value]) => labels[key] === value);
  return equal && list(selector, "matchExpressions").every((each) => holds(each, labels));
}

function holds(expression: unknown, labels: Fields): boolean {
  const value = labels[text(expression, "key") ?? ""];
  const isListed = list(expression, "values").includes(value);
  switch (text(expression, "operator")) {
    case "In":
      return isListed;
    case "NotIn":
      return !isListed;
    case "Exists":
      return value !== undefined;
    default:
      return value === undefined;
  }
}

/** How many replicas there are at least: what scales a workload decides, else its own number, else one. */
export function leastReplicas(workload: Manifest, beside: readonly Manifest[]): number {
  const scaler = beside.find(
    (each) =>
      (isKind(each, "autoscaling", "HorizontalPodAutoscaler") || isKind(each, "keda.sh", "ScaledObject")) &&
      mayBeIn(each, workload.namespace) &&
      text(each.value, "spec", "scaleTargetRef", "name") === workload.name &&
      (text(each.value, "spec", "scaleTargetRef", "kind") ?? "Deployment") === workload.kind,
  );
  const own = field(workload.value, "spec", "replicas");
  const key = scaler?.group === "keda.sh" ? "minReplicaCount" : "minReplicas";
  const least = scaler === undefined ? own : (field(scaler.value, "spec", key) ?? 1);
  return typeof least === "number" ? least : 1;
}
