import { field, fields, type Fields, isFields, list, type Path, text } from "./fields.ts";
import { isKind, type Manifest } from "./manifest.ts";
import { placeholderIn } from "./placeholders.ts";

/**
 * Whether it runs as long as it is wanted: Jobs end, and no controller restores a bare Pod. A ReplicaSet with an owner,
 * as exported from a cluster, is its Deployment's.
 */
export function isWorkload(manifest: Manifest): boolean {
  if (isKind(manifest, "apps", "Deployment", "StatefulSet", "DaemonSet")) return true;
  if (isKind(manifest, "argoproj.io", "Rollout")) return isFields(field(manifest.value, "spec", "template", "spec"));
  return isReplicas(manifest) && list(manifest.value, "metadata", "ownerReferences").length === 0;
}

function isReplicas(manifest: Manifest): boolean {
  return isKind(manifest, "apps", "ReplicaSet") || isKind(manifest, "", "ReplicationController");
}

const template: Path = ["spec", "template"];

export interface ManifestContainer {
  readonly name: string;
  readonly value: unknown;
  readonly path: Path;
}

/**
 * Returns the containers that run as long as the pod does: init containers that are restarted are sidecars. What Istio's
 * injector fills in is none of them.
 */
export function containersOf(workload: Manifest): readonly ManifestContainer[] {
  const path = podPath(workload);
  if (path === undefined) return [];
  const sidecars = containersAt(workload, [...path, "spec", "initContainers"]).filter(
    ({ value }) => text(value, "restartPolicy") === "Always",
  );
  return [...containersAt(workload, [...path, "spec", "containers"]), ...sidecars].filter(
    (container) => !isInjected(container),
  );
}

/**
 * Image, probes and resources of such a container come from Istio when the pod is created.
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#customizing-injection
 */
function isInjected({ name, value }: ManifestContainer): boolean {
  return name === "istio-proxy" && [undefined, "auto"].includes(text(value, "image"));
}

/** The pod that an object makes, as its template; undefined for an object that makes none. */
export function podTemplateOf(manifest: Manifest): unknown {
  const path = podPath(manifest);
  return path === undefined ? undefined : field(manifest.value, ...path);
}

/** What asks in a probe, with the field that it does not work without. */
const handlers = [
  ["exec", "command"],
  ["httpGet", "port"],
  ["tcpSocket", "port"],
  ["grpc", "port"],
] as const;

/** Whether a container has a probe: one without a handler, or whose handler asks nothing, or `null`, is none. */
export function hasProbe(container: ManifestContainer, probe: "livenessProbe" | "readinessProbe"): boolean {
  return handlers.some(
    ([handler, needed]) =>
      field(container.value, probe, handler, needed) != null ||
      placeholderIn(field(container.value, probe, handler)) !== undefined,
  );
}

/** Returns the `resources` of the pod itself, which hold for all of its containers. */
export function podResources(workload: Manifest): unknown {
  return field(podTemplateOf(workload), "spec", "resources");
}

/** Every container of anything that has pods, those that run first too. */
export function allContainersOf(manifest: Manifest): readonly ManifestContainer[] {
  const path = podPath(manifest);
  if (path === undefined) return [];
  return ["containers", "initContainers"].flatMap((key) => containersAt(manifest, [...path, "spec", key]));
}

/** Where an object holds the pod it makes. */
function podPath(manifest: Manifest): Path | undefined {
  if (isKind(manifest, "", "Pod")) return [];
  if (isKind(manifest, "batch", "CronJob")) return ["spec", "jobTemplate", "spec", "template"];
  return isWorkload(manifest) || isReplicas(manifest) || isKind(manifest, "batch", "Job") ? template : undefined;
}

function containersAt({ value }: Manifest, path: Path): ManifestContainer[] {
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
  return fields(workload.value, ...(podPath(workload) ?? template), "metadata", "labels");
}

/** Kinds of objects that make pods, or are one. */
export const podKinds: readonly string[] = [
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "Rollout",
  "ReplicaSet",
  "ReplicationController",
  "Job",
  "CronJob",
  "Pod",
];

/** Whether an object makes pods, or is one. */
export function hasPods(manifest: Manifest): boolean {
  return podPath(manifest) !== undefined;
}
