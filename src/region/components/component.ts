import { isRunByEks } from "../../core/argocd-names.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import type { Components, OptionalComponent } from "../../platform/components-schema.ts";
import type { Platform, Region } from "../../platform/schema.ts";
import type { MeshRevisions } from "./mesh-revisions.ts";
import type { ComponentVersions } from "./versions.ts";

/** What the files of a region depend on. */
export interface ComponentWorld {
  readonly platform: Pick<Platform, "name" | "domain" | "gitops" | "platform" | "stores">;
  readonly region: Region;
  /** The set of versions; that of this release, if absent. */
  readonly versions?: ComponentVersions;
  /** The istiods, if they are not only that of the set of versions. */
  readonly mesh?: MeshRevisions;
}

/** Values of a Helm chart. */
export type ChartValues = Readonly<Record<string, unknown>>;

/** A Helm chart of a component's own project. */
export interface Chart {
  readonly name: string;
  /** The Helm repository of its project; with `platform.mirror`, the chart is taken from there. */
  readonly repository: string;
  /** Names the objects of charts that name them after their release. */
  readonly release: string;
  values(world: ComponentWorld): ChartValues;
}

/** A field that a controller changes after Argo CD has applied it. Source: the API of Argo CD's Application. */
export interface IgnoredDifference {
  readonly group: string;
  readonly kind: string;
  readonly name?: string;
  readonly jqPathExpressions: readonly string[];
}

/** A workload that is there if the component is. */
export interface ComponentWorkload {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet";
  readonly namespace: string;
  readonly name: string;
}

/** A part of the platform that Argo CD installs in a cluster, as an Application. */
export interface PlatformComponent {
  /** `collector`; the Application is `platform-collector`. */
  readonly id: string;
  /** What a plan calls it if its version changes: `External Secrets`. */
  readonly title: string;
  /** Absent for what consists of configuration only. */
  readonly version?: (world: ComponentWorld) => string;
  /** The ids of those of which a region must have at least one, as a pattern: `istiod-*`. Absent if it has only this one. */
  readonly anyOf?: string;
  /** The namespace of its objects that name none. */
  readonly namespace: string;
  /** Argo CD starts a wave when the Applications of the one before are healthy. */
  readonly wave: number;
  readonly workloads: readonly ComponentWorkload[];
  /** Whether gennet brings it to the region. */
  isWanted(world: ComponentWorld): boolean;
  /** From where its objects come: a chart, or manifests beside the Application in the GitOps repository. */
  readonly source: { readonly chart: Chart } | { manifests(world: ComponentWorld): readonly KubeObject[] };
  readonly ignores?: readonly IgnoredDifference[];
  /** Whether its objects go with its Application; by default, they stay. */
  readonly takesItsObjects?: boolean;
}

/** Returns whether gennet brings a component that gennet.yaml can leave to the team. */
export function isBrought(components: Components | undefined, name: OptionalComponent): boolean {
  return components !== undefined && components[name] !== "external";
}

/** Returns the name of a component's Application. */
export function applicationName({ id }: Pick<PlatformComponent, "id">): string {
  return `platform-${id}`;
}

/** The namespace of Argo CD, and of its Applications. */
export const argoCdNamespace = "argocd";

/** Returns whether EKS runs Argo CD, outside of the cluster. */
export function isCapability({ platform }: Pick<ComponentWorld, "platform">): boolean {
  return platform.platform !== undefined && isRunByEks(platform);
}
