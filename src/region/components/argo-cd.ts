import { createHash } from "node:crypto";
import { parse } from "yaml";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { argoCdNamespace, type ChartValues, type ComponentWorld } from "./component.ts";
import { mergeValues } from "./merge-values.ts";
import { versions } from "./versions.ts";

/** The branch of a mirror that gennet reads. */
export const mirrorBranch = "main";
const upstream = "https://github.com/argoproj/argo-cd.git";
/** Of upstream's manifests: a tag can be moved. */
const digest = "09bfbb9041b4a8503c6e4fa22cf41c403fa62be17526de353648a4551f5beb77";

/** Where a file of Argo CD's manifests is. */
export interface ManifestSource {
  readonly repository: string;
  readonly ref: string;
  readonly path: string;
  /** The SHA-256 that the text must have; a mirror may name other images. */
  readonly sha256?: string;
}

export function argoCdSource({ platform }: ComponentWorld["platform"]): ManifestSource {
  const repository = platform?.mirror;
  if (repository === undefined) {
    return {
      repository: upstream,
      ref: `refs/tags/v${versions.argoCd}`,
      path: "manifests/install.yaml",
      sha256: digest,
    };
  }
  return { repository, ref: `refs/heads/${mirrorBranch}`, path: `argo-cd/${versions.argoCd}/install.yaml` };
}

/** A definition of a kind. Its text is compared by digest and only parsed to be applied: it is a megabyte. */
export interface KindDefinition {
  readonly name: string;
  readonly digest: string;
  object(): KubeObject;
}

export interface ArgoCdManifests {
  readonly definitions: readonly KindDefinition[];
  readonly objects: readonly KubeObject[];
}

/** Has the digest of the text that a definition was applied from. */
export const digestAnnotation = "gennet.dev/manifest";
const managedLabel = { "app.kubernetes.io/managed-by": "gennet" };

/** Returns whether an object has gennet's label. */
export function isManagedByGennet({ metadata }: Pick<KubeObject, "metadata">): boolean {
  return Object.entries(managedLabel).every(([key, value]) => metadata.labels?.[key] === value);
}

/**
 * Tells a root Application how its children are: without it, waves would not wait for them. What is healthy but not synced
 * may lack a part.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/health/#argocd-app
 */
const applicationHealth = `local health = {status = "Progressing", message = "not compared yet"}
if obj.status ~= nil and obj.status.health ~= nil then
  health.status = obj.status.health.status
  health.message = obj.status.health.message or ""
  if health.status == "Healthy" and (obj.status.sync == nil or obj.status.sync.status ~= "Synced") then
    health.status = "Progressing"
    health.message = "not synced"
  end
end
return health
`;

/** What the ConfigMap argocd-cm says of that. */
export const applicationHealthSettings = {
  "resource.customizations.health.argoproj.io_Application": applicationHealth,
} as const;

const settings: Readonly<Record<string, ChartValues>> = {
  "ConfigMap argocd-cm": { data: applicationHealthSettings },
};

const ofCluster = new Set(["ClusterRole", "ClusterRoleBinding"]);

/** Returns what is applied of upstream's manifests: everything but Dex, with gennet's settings and label. */
export function argoCdManifests(text: string): ArgoCdManifests {
  const documents = text.split(/^---\n/m).filter((document) => /^kind: /m.test(document));
  const isDefinition = (document: string): boolean => /^kind: CustomResourceDefinition$/m.test(document);
  return {
    definitions: documents.filter(isDefinition).map(definitionOf),
    objects: documents
      .filter((document) => !isDefinition(document))
      .map((document) => parse(document) as KubeObject)
      // It is for logins by another provider, which a team sets up itself.
      .filter(({ metadata }) => !metadata.name.startsWith("argocd-dex-server"))
      .map(placed),
  };
}

function definitionOf(document: string): KindDefinition {
  const name = /^ {2}name: (\S+)$/m.exec(document)?.[1];
  if (name === undefined) throw new Error("a definition without a name in Argo CD's manifests");
  const own = createHash("sha256").update(document).digest("hex");
  const object = (): KubeObject => {
    const { metadata, ...rest } = parse(document) as KubeObject;
    const annotations = { ...metadata.annotations, [digestAnnotation]: own };
    return {
      ...rest,
      metadata: { ...metadata, annotations, labels: { ...metadata.labels, ...managedLabel } },
    };
  };
  return { name, digest: own, object };
}

function placed(object: KubeObject): KubeObject {
  const { kind, metadata } = object;
  const own = mergeValues(object, settings[`${kind} ${metadata.name}`] ?? {}) as KubeObject;
  const namespace = ofCluster.has(kind) ? {} : { namespace: argoCdNamespace };
  return { ...own, metadata: { ...metadata, ...namespace, labels: { ...metadata.labels, ...managedLabel } } };
}
