import { createHash } from "node:crypto";
import { applicationServer, projectsOf } from "../../core/argocd-names.ts";
import { canonicalJson } from "../../core/canonical-json.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { ObjectRef } from "../../k8s/port.ts";
import { ownLabels } from "../world.ts";
import { mirrorBranch } from "./argo-cd.ts";
import {
  applicationName,
  argoCdNamespace,
  type Chart,
  isCapability,
  type PlatformComponent,
  type ComponentWorld,
} from "./component.ts";
import { possibleComponents } from "./components.ts";
import { namespacesOf } from "./namespaces.ts";

/** The Application of all others. */
export const rootName = "platform";

export function applicationRef(name: string): ObjectRef {
  return { apiVersion: "argoproj.io/v1alpha1", kind: "Application", name, namespace: argoCdNamespace };
}

/** Returns gennet's folder in the GitOps repository. */
export function platformFolder({ region }: Pick<ComponentWorld, "region">): string {
  return `clusters/${region.name}/platform`;
}

/**
 * Returns the project of the components, which may create everything that their charts have, where they are installed. It is the services' project, too,
 * in Argo CD of EKS.
 */
export function platformProject(world: ComponentWorld): KubeObject {
  const server = applicationServer(world.platform, world.region);
  // Argo CD removes nothing that its project does not allow, so what gennet.yaml no longer asks for stays allowed.
  const possible = possibleComponents(world);
  const charts = possible.flatMap(({ source }) => ("chart" in source ? [source.chart] : []));
  const { mirror } = world.platform.platform ?? {};
  const repositories = [repositoryOf(world), ...charts.map(({ repository }) => mirror ?? repository)];
  const namespaces = [...namespacesOf(world), ...possible.map(({ namespace }) => namespace)];
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name: projectsOf(world.platform).components, namespace: argoCdNamespace, labels: ownLabels(world) },
    spec: {
      description: `Components of the platform ${world.platform.name}`,
      sourceRepos: unique(repositories),
      ...(isCapability(world) ? { sourceNamespaces: [argoCdNamespace] } : {}),
      destinations: (isCapability(world) ? ["*"] : unique([...namespaces, argoCdNamespace, "kube-system"])).map(
        (namespace) => ({ server, namespace }),
      ),
      clusterResourceWhitelist: [{ group: "*", kind: "*" }],
    },
  };
}

/**
 * Returns the Application that creates all others. It is not in its own folder: its sync would wait for its own health, and
 * that for its sync.
 */
export function rootApplication(world: ComponentWorld): KubeObject {
  return application(world, {
    name: rootName,
    namespace: argoCdNamespace,
    wave: 0,
    source: gitSource(world, `${platformFolder(world)}/applications`),
  });
}

export function componentApplication(component: PlatformComponent, world: ComponentWorld): KubeObject {
  const { id, namespace, wave, source, ignores, takesItsObjects } = component;
  const version = component.version?.(world);
  return application(world, {
    name: applicationName({ id }),
    namespace,
    wave,
    source:
      "chart" in source
        ? chartSource(source.chart, version ?? "", world)
        : gitSource(world, `${platformFolder(world)}/manifests/${id}`),
    ...(ignores === undefined ? {} : { ignoreDifferences: ignores }),
    ...("chart" in source ? {} : { files: digestOf(source.manifests(world)) }),
    ...(version === undefined ? {} : { version }),
    ...(takesItsObjects === true ? { takesItsObjects } : {}),
  });
}

/** Has the digest of an Application's files. */
export const filesAnnotation = "gennet.dev/files";
/** Has the version of what an Application installs: so it is known from Git what an earlier release of gennet installed. */
export const versionAnnotation = "gennet.dev/version";
/** https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/#about-the-deletion-finalizer */
const withItsObjects = "resources-finalizer.argocd.argoproj.io";

function digestOf(objects: readonly KubeObject[]): string {
  return createHash("sha256").update(canonicalJson(objects)).digest("hex").slice(0, 16);
}

interface ApplicationSource {
  readonly repoURL: string;
  readonly targetRevision: string;
  readonly path?: string;
  readonly chart?: string;
  readonly helm?: object;
}

interface ApplicationFacts {
  readonly name: string;
  readonly namespace: string;
  readonly wave: number;
  readonly source: ApplicationSource;
  readonly ignoreDifferences?: readonly object[];
  /** The digest of its files: it changes with them, which shows whether Argo CD has seen their commit. */
  readonly files?: string;
  readonly version?: string;
  readonly takesItsObjects?: true;
}

function application(world: ComponentWorld, facts: ApplicationFacts): KubeObject {
  const { name, namespace, wave, source, ignoreDifferences, files, version, takesItsObjects } = facts;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name,
      namespace: argoCdNamespace,
      labels: ownLabels(world),
      annotations: {
        "argocd.argoproj.io/sync-wave": String(wave),
        // The API server says what an apply would change, so its defaults are no differences.
        "argocd.argoproj.io/compare-options": "ServerSideDiff=true",
        ...(files === undefined ? {} : { [filesAnnotation]: files }),
        ...(version === undefined ? {} : { [versionAnnotation]: version }),
      },
      // Without a finalizer, what an Application made stays when the Application goes: gennet.yaml may leave it to the team.
      ...(takesItsObjects === true ? { finalizers: [withItsObjects] } : {}),
    },
    spec: {
      project: projectsOf(world.platform).components,
      source,
      destination: { server: applicationServer(world.platform, world.region), namespace },
      ...(ignoreDifferences === undefined ? {} : { ignoreDifferences }),
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        // Definitions of Istio and External Secrets are too large for the annotation of a client-side apply.
        syncOptions: ["ServerSideApply=true", "RespectIgnoreDifferences=true"],
        retry: { limit: 10, backoff: { duration: "5s", factor: 2, maxDuration: "3m" } },
      },
    },
  };
}

function gitSource({ platform }: ComponentWorld, path: string): ApplicationSource {
  const { repository, branch } = gitopsOf(platform);
  return { repoURL: repository, targetRevision: branch, path };
}

/** Returns the chart in the repository of its project, or in the mirror, which has its files in a Git repository. */
function chartSource(chart: Chart, version: string, world: ComponentWorld): ApplicationSource {
  const { name, repository, release } = chart;
  const helm = { releaseName: release, valuesObject: chart.values(world) };
  const mirror = world.platform.platform?.mirror;
  if (mirror === undefined) return { repoURL: repository, chart: name, targetRevision: version, helm };
  return { repoURL: mirror, path: `charts/${name}/${version}`, targetRevision: mirrorBranch, helm };
}

function repositoryOf({ platform }: ComponentWorld): string {
  return gitopsOf(platform).repository;
}

function gitopsOf({ gitops }: ComponentWorld["platform"]): NonNullable<ComponentWorld["platform"]["gitops"]> {
  // gennet.yaml is rejected with a `platform` and no `gitops`.
  if (gitops === undefined) throw new Error("a platform without a GitOps repository");
  return gitops;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
