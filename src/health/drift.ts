import { AppError } from "../core/error.ts";
import type { Application, ApplicationResource } from "../k8s/argocd/port.ts";
import { type FieldPath, managedFields, sayField, valueAt } from "./managed-fields.ts";
import type { KubeObject } from "../core/kubernetes/object.ts";
import type { KubeReads } from "./kube-reads.ts";

/** A change in the cluster after Argo CD had applied what is in Git. */
export interface Drift {
  readonly resource: ApplicationResource;
  /** The field manager that changed it: `pilot-discovery`. */
  readonly manager: string;
  readonly paths: readonly [FieldPath, ...FieldPath[]];
}

const argocd = "argocd-controller";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** Field managers of one-time changes by a person. */
const byHand = /^(kubectl|k9s|Lens|Mozilla|helm$|OpenAPI-Generator)/i;

export function isByHand({ manager }: Drift): boolean {
  return byHand.test(manager);
}

/**
 * Returns who changed which fields of a resource after Argo CD had applied it. If Argo CD has stored what it applied,
 * these are the fields that it applied and that now have another value. If it has not (server-side apply), they are all
 * fields that others have set since `since` and that Argo CD does not own, apart from metadata, to which controllers
 * add.
 */
function driftOf(resource: ApplicationResource, live: KubeObject, since: number): readonly Drift[] {
  const applied = appliedBy(live);
  const managers = managedFields(live);
  const own = new Set(managers.filter(({ manager }) => manager === argocd).flatMap(({ paths }) => paths.map(sayField)));
  // The API server stores times to the second.
  const begun = Math.floor(since / 1_000) * 1_000;
  const isDrift = (path: FieldPath, time = 0): boolean => {
    if (applied === undefined) return time >= begun && path[0] !== "metadata" && !own.has(sayField(path));
    const wanted = valueAt(applied, path);
    return wanted !== undefined && JSON.stringify(wanted) !== JSON.stringify(valueAt(live, path));
  };
  return managers
    .filter(({ manager }) => manager !== argocd)
    .flatMap(({ manager, time, paths }): readonly Drift[] => {
      const [first, ...others] = paths.filter((path) => isDrift(path, time));
      return first === undefined ? [] : [{ resource, manager, paths: [first, ...others] }];
    });
}

function appliedBy({ metadata }: KubeObject): unknown {
  const text = metadata.annotations?.[lastApplied];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns the setting of an Application's spec that makes Argo CD ignore such changes, as JSON, which is also YAML. */
export function ignoring(drifts: readonly Drift[]): string {
  const entries = drifts.map(({ resource: { group, kind, name }, paths }) => ({
    ...(group === "" ? {} : { group }),
    kind,
    name,
    ...pointers(paths),
  }));
  return JSON.stringify(entries);
}

function pointers(paths: readonly FieldPath[]): object {
  const plain = paths.filter((path) => path.every((step) => typeof step === "string"));
  return plain.length === paths.length
    ? { jsonPointers: plain.map(toPointer) }
    : { jqPathExpressions: paths.map(toJq) };
}

function toPointer(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function toJq(path: FieldPath): string {
  const steps = path.map((step) => {
    if (typeof step === "string") return /^[A-Za-z_]\w*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
    if (typeof step === "number") return `[${step}]`;
    const keys = Object.entries(step).map(([key, value]) => `.${key} == ${JSON.stringify(value)}`);
    return `[]? | select(${keys.join(" and ")}) | `;
  });
  const text = steps.join("").replace(/ \| $/, "");
  return text.startsWith(".") ? text : `.${text}`;
}

/** How many differing resources are read. */
const most = 5;

/**
 * Returns what was changed since the last sync, if that has applied this same commit. Empty for other clusters, and for
 * what the user may not read; Secrets are not read.
 */
export async function driftsIn(
  { destination, last, resources, revisions }: Application,
  kube: Pick<KubeReads, "object">,
): Promise<readonly Drift[]> {
  if (!destination.inCluster || last?.phase !== "Succeeded" || last.revisions.join() !== revisions.join()) return [];
  const differing = resources.filter(
    ({ differs, requiresPruning, kind, group }) => differs && !requiresPruning && !(kind === "Secret" && group === ""),
  );
  const found = await Promise.all(
    differing.slice(0, most).map(async (resource) => {
      const { group, version, kind, name, namespace } = resource;
      const apiVersion = group === "" ? version : `${group}/${version}`;
      const ref = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
      const live = await kube.object(ref).catch((error: unknown) => {
        if (error instanceof AppError) return undefined;
        throw error;
      });
      return live === undefined ? [] : driftOf(resource, live, last.startedAt);
    }),
  );
  return found.flat();
}
