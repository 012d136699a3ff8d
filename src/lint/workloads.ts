import { field, fields, type PlainFields, isFields, list, type Path, text } from "./fields.ts";
import { isKind, type Manifest } from "./manifest.ts";
import { placeholderIn } from "./placeholders.ts";

/**
 * Returns whether it runs continuously: Jobs end, and no controller restores a bare Pod. A ReplicaSet with an owner, as
 * in a cluster export, belongs to its Deployment.
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
 * Returns the containers that run as long as the pod: init containers that are restarted are sidecars. Excludes
 * containers that Istio's injector fills in.
 */
export function lastingContainersOf(workload: Manifest): readonly ManifestContainer[] {
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
 * Istio sets the image, probes and resources of such a container when the pod is created.
 * https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/#customizing-injection
 */
function isInjected({ name, value }: ManifestContainer): boolean {
  return name === "istio-proxy" && [undefined, "auto"].includes(text(value, "image"));
}

/** Returns the pod template of an object, or undefined if it creates no pods. */
export function podTemplateOf(manifest: Manifest): unknown {
  const path = podPath(manifest);
  return path === undefined ? undefined : field(manifest.value, ...path);
}

/** The handlers of a probe, each with its required field. */
const handlers = [
  ["exec", "command"],
  ["httpGet", "port"],
  ["tcpSocket", "port"],
  ["grpc", "port"],
] as const;

/** Returns whether a container has a probe. A probe that is `null`, or without a complete handler, does not count. */
export function hasProbe(container: ManifestContainer, probe: "livenessProbe" | "readinessProbe"): boolean {
  return handlers.some(
    ([handler, needed]) =>
      field(container.value, probe, handler, needed) != null ||
      placeholderIn(field(container.value, probe, handler)) !== undefined,
  );
}

/** Returns the `resources` of the pod itself, which its containers share. */
export function podResources(workload: Manifest): unknown {
  return field(podTemplateOf(workload), "spec", "resources");
}

/** Returns every container of any object with pods, including init containers. */
export function allContainersOf(manifest: Manifest): readonly ManifestContainer[] {
  const path = podPath(manifest);
  if (path === undefined) return [];
  return ["containers", "initContainers"].flatMap((key) => containersAt(manifest, [...path, "spec", key]));
}

/** The path of the pod template in an object. */
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

export function podAnnotations(workload: Manifest): PlainFields {
  return fields(workload.value, ...annotationsPath);
}

export function podLabels(workload: Manifest): PlainFields {
  return fields(workload.value, ...(podPath(workload) ?? template), "metadata", "labels");
}

/** Kinds of objects that create pods, or are pods. */
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

/** Returns whether an object creates pods, or is one. */
export function hasPods(manifest: Manifest): boolean {
  return podPath(manifest) !== undefined;
}
