import type { Cluster, ListQuery } from "../port.ts";
import { itemsOf } from "../../core/items-of.ts";
import { createAppProjects } from "./app-projects.ts";
import { parseGoDuration } from "../../core/duration.ts";
import type { Application, ApplicationQuery, ArgoCd, SyncRequest } from "./port.ts";
import { type ApplicationObject, correlationKey, readApplication, refreshAnnotation } from "./read-application.ts";
import { readApplicationSet } from "./read-application-set.ts";
import { blockingWindow } from "./sync-windows.ts";
import { createReadSettings, unwatched } from "./watched-namespaces.ts";

const apiVersion = "argoproj.io/v1alpha1";

/** `arn` is the cluster's, by which Argo CD of EKS knows it. */
export function createArgoCd(cluster: Cluster, arn?: string): ArgoCd {
  const read = (object: ApplicationObject): Application => readApplication(object, arn);
  const projects = createAppProjects(cluster);
  const settings = createReadSettings(cluster);
  const list = ({ namespace, labelSelector, name }: ApplicationQuery): ListQuery => ({
    apiVersion,
    kind: "Application",
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(name === undefined ? {} : { fieldSelector: `metadata.name=${name}` }),
  });
  return {
    installed: (signal) => cluster.serves(apiVersion, "Application", signal),
    applications: (query, signal) =>
      itemsOf(cluster.list<ApplicationObject>(list(query), signal), (page) => page.map(read)),
    async application(namespace, name, signal) {
      const object = await cluster.get({ apiVersion, kind: "Application", namespace, name }, signal);
      return object && read(object as ApplicationObject);
    },
    async applicationSets({ namespace }, signal) {
      const kind = "ApplicationSet";
      if (!(await cluster.serves(apiVersion, kind, signal))) return [];
      const query = { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) };
      return itemsOf(cluster.list(query, signal), (page) => page.map(readApplicationSet));
    },
    async applicationSet(namespace, name, signal) {
      const kind = "ApplicationSet";
      if (!(await cluster.serves(apiVersion, kind, signal))) return undefined;
      const object = await cluster.get({ apiVersion, kind, namespace, name }, signal);
      return object && readApplicationSet(object);
    },
    async *watch(query, signal) {
      for await (const event of cluster.watch<ApplicationObject>(list(query), signal)) {
        if (event.type === "listed") yield { type: "listed", applications: event.objects.map(read) };
        else if (event.type === "interrupted") yield event;
        else yield { type: event.type, application: read(event.object) };
      }
    },
    async blockedBy(application, now, signal, begunBy = "hand") {
      const { name, namespace, project, spec } = application;
      const found = await projects.of(application, signal);
      if (found === undefined) {
        const home = application.controllerNamespace ?? namespace;
        return {
          reason: `there is no AppProject ${project} in the namespace ${home}, so its sync windows are unknown`,
        };
      }
      const subject = { name, ...(spec as ApplicationObject["spec"]) };
      return blockingWindow(found.spec?.syncWindows ?? [], subject, now, begunBy === "hand");
    },
    unwatched: (application, signal) => unwatched(application, settings, projects, signal),
    async requestSync(application, request, signal) {
      const { namespace, name, version, last } = application;
      const merge = {
        // With a resourceVersion, the API server only accepts the patch for this state of the object.
        metadata: { resourceVersion: version },
        operation: operationOf(application, request),
        ...(last === undefined ? {} : { status: { operationState: null } }),
      };
      const ref = { apiVersion, kind: "Application", namespace, name };
      return read((await cluster.patch(ref, { merge }, {}, signal)) as ApplicationObject);
    },
    async withdraw({ namespace, name, version }, signal) {
      const merge = { metadata: { resourceVersion: version }, operation: null };
      const ref = { apiVersion, kind: "Application", namespace, name };
      return read((await cluster.patch(ref, { merge }, {}, signal)) as ApplicationObject);
    },
    async terminate({ namespace, name, version }, signal) {
      const merge = { metadata: { resourceVersion: version }, status: { operationState: { phase: "Terminating" } } };
      await cluster.patch({ apiVersion, kind: "Application", namespace, name }, { merge }, {}, signal);
    },
    async requestRefresh({ namespace, name }, signal) {
      const merge = { metadata: { annotations: { [refreshAnnotation]: "normal" } } };
      const ref = { apiVersion, kind: "Application", namespace, name };
      return read((await cluster.patch(ref, { merge }, {}, signal)) as ApplicationObject);
    },
    async comparesEvery(namespace, signal) {
      const data = (await settings("argocd-cm", namespace, signal)) ?? {};
      // The defaults of https://argo-cd.readthedocs.io/en/stable/operator-manual/argocd-cm-yaml/
      const period = durationOr(data["timeout.reconciliation"], 120_000);
      const jitter = durationOr(data["timeout.reconciliation.jitter"], 60_000);
      return period === 0 ? undefined : period + jitter;
    },
  };
}

/** Parses a duration. Argo CD uses its default if it cannot parse one. */
function durationOr(text: string | undefined, fallbackMs: number): number {
  return parseGoDuration(text ?? "") ?? fallbackMs;
}

/**
 * Returns the operation that Argo CD's API would write for a sync, with the Application's own source and options.
 * Without a revision, the controller uses the newest one of the target.
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
