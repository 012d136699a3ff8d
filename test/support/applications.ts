import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import type { ApplicationObject } from "../../src/k8s/argocd/read-application.ts";
import type { MemoryCluster } from "./memory-cluster.ts";

type Status = NonNullable<ApplicationObject["status"]>;

/** Returns an Application that is synced and healthy, compared at 03:00. */
export function application(
  name: string,
  status: Status = {},
  more: Partial<ApplicationObject> = {},
): ApplicationObject {
  const { metadata, spec, ...rest } = more;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: "argocd", resourceVersion: "1", ...metadata },
    spec: {
      project: "default",
      source: { repoURL: "file:///gitops", path: name, targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace: name },
      ...spec,
    },
    status: {
      sync: { status: "Synced", revision: "c0ffee0" },
      health: { status: "Healthy" },
      reconciledAt: "2026-01-02T03:00:00Z",
      controllerNamespace: "argocd",
      ...status,
    },
    ...rest,
  };
}

export function project(name: string, syncWindows: readonly object[] = []): KubeObject {
  const metadata = { name, namespace: "argocd" };
  return { apiVersion: "argoproj.io/v1alpha1", kind: "AppProject", metadata, spec: { syncWindows } };
}

type RawOperation = NonNullable<ApplicationObject["operation"]>;

/** How Argo CD's controller reports an operation, step by step. */
export function controllerOf(
  { objects, store }: Pick<MemoryCluster, "objects" | "store">,
  name: string,
  namespace = "argocd",
) {
  const current = (): ApplicationObject => objects.get(`Application ${namespace}/${name}`) as ApplicationObject;
  const state = (operation: RawOperation, more: object): Status["operationState"] => ({
    operation,
    phase: "Running",
    startedAt: "2026-01-02T03:04:06Z",
    ...more,
  });
  const asked = (): RawOperation => {
    const { operation, status } = current();
    const found = operation ?? status?.operationState?.operation;
    if (found === undefined) throw new Error(`${name} has no operation`);
    return found;
  };
  return {
    current,
    /** An operation requested by another client. */
    ask(operation: RawOperation): void {
      const { operationState: _, ...status } = current().status ?? {};
      store({ ...current(), operation, status });
    },
    runs(more: object = {}): void {
      store({ ...current(), status: { ...current().status, operationState: state(asked(), more) } });
    },
    ends(phase: "Succeeded" | "Failed" | "Error", more: object = {}): void {
      const { operation: _, ...rest } = current();
      const ended = state(asked(), { phase, finishedAt: "2026-01-02T03:04:10Z", ...more });
      store({ ...rest, status: { ...rest.status, operationState: ended } });
    },
    /** Does what the annotation requests, and removes it. */
    refreshes(status: Status): void {
      const { annotations: _, ...metadata } = current().metadata;
      store({ ...current(), metadata, status: { ...current().status, ...status } });
    },
    compares(status: Status = {}): void {
      const now = { sync: { status: "Synced", revision: "beef" }, health: { status: "Healthy" } };
      const reconciledAt = "2026-01-02T03:04:10Z";
      store({ ...current(), status: { ...current().status, ...now, reconciledAt, ...status } });
    },
  };
}
