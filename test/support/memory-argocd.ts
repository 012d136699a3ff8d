import { parseAllDocuments } from "yaml";
import type { KubeObject } from "../../src/core/kubernetes/object.ts";
import { ownerOf } from "../../src/core/kubernetes/pod.ts";
import { itemsOf } from "../../src/core/items-of.ts";
import type { Cluster } from "../../src/k8s/port.ts";
import { keyOf, type MemoryCluster } from "./memory-cluster.ts";
import type { MemoryGit } from "./memory-git.ts";

/** A short version of Argo CD's manifests: one object of each kind that is treated differently. */
export const shortManifests = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: applications.argoproj.io
spec: {group: argoproj.io}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: argocd-server}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: argocd-server}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-cm}
data: {resource.exclusions: none}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-dex-server}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: argocd-server, labels: {app.kubernetes.io/name: argocd-server}}
spec: {replicas: 1, selector: {matchLabels: {app.kubernetes.io/name: argocd-server}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: argocd-application-controller, labels: {app.kubernetes.io/name: argocd-application-controller}}
spec: {replicas: 1, selector: {matchLabels: {app.kubernetes.io/name: argocd-application-controller}}}
`;

interface SourceOfApplication {
  readonly path?: string;
  readonly targetRevision: string;
}

interface ApplicationSpec {
  readonly source: SourceOfApplication;
  readonly destination: { readonly server: string };
}

function registered(secret: KubeObject | undefined): string {
  const { server = "" } = (secret?.["data"] ?? {}) as Readonly<Record<string, string>>;
  return Buffer.from(server, "base64").toString();
}

/** Whether Argo CD believes that what has become healthy is not, and nothing has asked it to look again. */
function hasMissed({ metadata, ...object }: KubeObject): boolean {
  const { health } = (object["status"] ?? {}) as { readonly health?: { readonly status: string } };
  return health?.status === "Progressing" && metadata.annotations?.["argocd.argoproj.io/refresh"] === undefined;
}

/**
 * Returns a cluster in which controllers work: workloads become available, but for argocd-server, which starts slowly, and
 * Argo CD syncs the root Application and all that are in its folder, and removes those that are not, whenever Applications or webhooks are read. It runs in the
 * cluster, or EKS runs it. A changed pod template replaces pods, and the replacements get the proxy of the istiod that is
 * the default.
 */
export function withArgoCd(kube: MemoryCluster, git: MemoryGit, byEks: () => boolean = () => false): Cluster {
  const { cluster } = kube;
  const isServed = (): boolean => byEks() || kube.objects.has("CustomResourceDefinition /applications.argoproj.io");
  const ofArgoCd = (apiVersion: string): boolean => apiVersion.startsWith("argoproj.io/");
  const synced = (object: KubeObject): KubeObject => {
    const live = kube.objects.get(keyOf(object));
    if (live !== undefined && hasMissed(live)) return live;
    const { source, destination } = object["spec"] as ApplicationSpec;
    const { targetRevision, path } = source;
    // That of EKS knows only clusters that are registered, by their ARN.
    if (byEks() && registered(kube.objects.get("Secret argocd/in-cluster")) !== destination.server) {
      return kube.store({ ...object, status: { sync: { status: "Unknown" }, health: { status: "Missing" } } });
    }
    const revision = path === undefined ? targetRevision : git.history().at(-1)?.id;
    const status = { sync: { status: "Synced", revision }, health: { status: "Healthy" } };
    return kube.store({ ...object, status: { ...(object["status"] as object | undefined), ...status } });
  };
  const sync = (): void => {
    const root = kube.objects.get("Application argocd/platform");
    const controller = kube.objects.get("StatefulSet argocd/argocd-application-controller");
    if (root === undefined || (controller === undefined && !byEks())) return;
    const { path } = (synced(root)["spec"] as { readonly source: SourceOfApplication }).source;
    const kept = new Set([keyOf(root)]);
    for (const [file, text] of git.history().at(-1)?.files ?? []) {
      const isChild = file.startsWith(`${path}/`);
      if (!isChild && !file.endsWith("/manifests/istio-tag/objects.yaml")) continue;
      for (const document of parseAllDocuments(text)) {
        const object = document.toJS() as KubeObject;
        kept.add(keyOf(object));
        if (object.kind === "Application") synced(object);
        else kube.store(object);
      }
    }
    for (const key of kube.objects.keys()) {
      if (key.startsWith("Application ") && !kept.has(key)) kube.objects.delete(key);
    }
  };
  /** Replaces the pods of a workload. */
  const rollOut = (workload: KubeObject): void => {
    const tag = kube.objects.get("MutatingWebhookConfiguration /istio-revision-tag-default");
    const revision = tag?.metadata.labels?.["istio.io/rev"];
    const own = [...kube.objects.values()].filter(
      (each) => each.kind === "Pod" && ownerOf(each)?.name === workload.metadata.name,
    );
    for (const pod of own) {
      const annotations = {
        ...pod.metadata.annotations,
        ...(revision === undefined ? {} : { "istio.io/rev": revision }),
      };
      kube.store({ ...pod, metadata: { ...pod.metadata, annotations } });
    }
  };
  const available = (object: KubeObject): KubeObject => {
    const ready = object.metadata.name === "argocd-server" ? 0 : 1;
    const counts = { replicas: 1, updatedReplicas: 1, readyReplicas: ready, availableReplicas: ready };
    return kube.store({ ...object, status: { ...counts, observedGeneration: 1 } });
  };
  return {
    ...cluster,
    serves: async (apiVersion, kind, signal) =>
      ofArgoCd(apiVersion) ? isServed() : cluster.serves(apiVersion, kind, signal),
    list: async function* <T extends KubeObject>(...[query, signal]: Parameters<Cluster["list"]>) {
      if (query.kind === "Application") sync();
      yield await itemsOf(cluster.list<T>(query, signal));
    },
    get: async (ref, signal) => {
      if (ref.kind === "MutatingWebhookConfiguration") sync();
      return cluster.get(ref, signal);
    },
    patch: async (ref, patch, options, signal) => {
      const patched = await cluster.patch(ref, patch, options, signal);
      if (ref.kind === "Deployment") rollOut(patched);
      return patched;
    },
    apply: async (object, options, signal) => {
      const applied = await cluster.apply(object, options, signal);
      const isWorkload = applied.kind === "Deployment" || applied.kind === "StatefulSet";
      return isWorkload && options.dryRun !== true ? available(applied) : applied;
    },
  };
}
