import { AppError } from "../../core/error.ts";
import type { Cluster, KubeObject, ListQuery } from "../port.ts";
import { goDuration } from "./go-duration.ts";
import type { Application, ApplicationQuery, ArgoCd, SyncRequest } from "./port.ts";
import { type ApplicationObject, correlationKey, readApplication, refreshAnnotation } from "./read-application.ts";
import { blockingWindow, type SyncWindow } from "./sync-windows.ts";

const apiVersion = "argoproj.io/v1alpha1";
/** Where Argo CD is installed, and its AppProjects are. */
const argocdNamespace = "argocd";

interface ProjectObject extends KubeObject {
  readonly spec?: { readonly syncWindows?: readonly SyncWindow[] };
}

export function createArgoCd(cluster: Cluster): ArgoCd {
  const projects = new Map<string, Promise<ProjectObject | undefined>>();
  const project = (name: string, signal: AbortSignal): Promise<ProjectObject | undefined> => {
    const known =
      projects.get(name) ?? cluster.get({ apiVersion, kind: "AppProject", name, namespace: argocdNamespace }, signal);
    projects.set(name, known);
    return known;
  };
  const list = ({ namespace, labelSelector, name }: ApplicationQuery): ListQuery => ({
    apiVersion,
    kind: "Application",
    namespace,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
  });
  return {
    installed: (signal) => cluster.serves(apiVersion, "Application", signal),
    async applications(query, signal) {
      const all: Application[] = [];
      for await (const page of cluster.list<ApplicationObject>(list(query), signal)) {
        all.push(...page.map(readApplication));
      }
      return all;
    },
    async application(namespace, name, signal) {
      const object = await cluster.get({ apiVersion, kind: "Application", namespace, name }, signal);
      return object && readApplication(object as ApplicationObject);
    },
    async *watch(query, signal) {
      for await (const event of cluster.watch<ApplicationObject>(list(query), signal)) {
        if (event.type === "listed") yield { type: "listed", applications: event.objects.map(readApplication) };
        else if (event.type === "interrupted") yield event;
        else yield { type: event.type, application: readApplication(event.object) };
      }
    },
    async blockedBy(application, now, signal) {
      const found = await project(application.project, signal);
      const { name, spec } = application;
      return blockingWindow(found?.spec?.syncWindows ?? [], { name, ...(spec as ApplicationObject["spec"]) }, now);
    },
    async requestSync(application, request, signal) {
      const { namespace, name, version, last } = application;
      const merge = {
        // With it the API server takes the patch for this state of the object only.
        metadata: { resourceVersion: version },
        operation: operationOf(application, request),
        ...(last === undefined ? {} : { status: { operationState: null } }),
      };
      const ref = { apiVersion, kind: "Application", namespace, name };
      return readApplication((await cluster.patch(ref, { merge }, {}, signal)) as ApplicationObject);
    },
    async requestRefresh({ namespace, name }, signal) {
      const merge = { metadata: { annotations: { [refreshAnnotation]: "normal" } } };
      const ref = { apiVersion, kind: "Application", namespace, name };
      return readApplication((await cluster.patch(ref, { merge }, {}, signal)) as ApplicationObject);
    },
    async comparesEvery(signal) {
      const ref = { apiVersion: "v1", kind: "ConfigMap", name: "argocd-cm", namespace: argocdNamespace };
      const { data = {} } = ((await orDenied(cluster.get(ref, signal))) ?? {}) as { data?: Record<string, string> };
      // The defaults of https://argo-cd.readthedocs.io/en/stable/operator-manual/argocd-cm-yaml/
      const period = goDuration(data["timeout.reconciliation"] ?? "120s");
      const jitter = goDuration(data["timeout.reconciliation.jitter"] ?? "60s");
      return period === 0 ? undefined : period + jitter;
    },
  };
}

/**
 * What Argo CD's API writes for a sync: its source and options are the Application's own. Without a revision the
 * controller takes the newest one of the target.
 */
function operationOf({ spec }: Application, { id, prune }: SyncRequest): object {
  const { source, sources, syncPolicy = {} } = spec;
  const { automated, syncOptions, retry } = syncPolicy;
  return {
    initiatedBy: { username: "gennet" },
    info: [{ name: correlationKey, value: id }],
    ...(retry === undefined ? {} : { retry }),
    sync: {
      ...(sources === undefined || sources.length === 0 ? { source } : { sources }),
      ...(syncOptions === undefined ? {} : { syncOptions }),
      ...(prune || automated?.prune === true ? { prune: true } : {}),
    },
  };
}

/** Who may read Applications may not be allowed to read Argo CD's settings. */
async function orDenied<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof AppError && error.code === "KUBE_DENIED") return undefined;
    throw error;
  }
}
