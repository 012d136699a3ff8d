import { compare, gt } from "semver";
import { minorOf } from "../../core/kubernetes/minor-version.ts";
import { isBrought, type ComponentWorld } from "./component.ts";
import { componentsOf } from "./components.ts";
import type { MeshRevisions } from "./mesh-revisions.ts";
import { oldestKubernetes, versionsOf } from "./versions.ts";

/** Why a set of versions cannot be installed where a region is now, and what helps. */
export interface VersionSkew {
  readonly reason: string;
  readonly next: readonly string[];
}

/** What is installed in a region. */
export interface InstalledVersions {
  /** By the ids of components, as Git has them. */
  readonly components: ReadonlyMap<string, string>;
  /** The istiods in Git; undefined if there are none. */
  readonly mesh: MeshRevisions | undefined;
  /** Of the cluster: `1.34`; undefined if it is not known yet. */
  readonly kubernetes: string | undefined;
}

const newerGennet = "npm install --global gennet@latest  # installs the newest release";

/** Returns the first reason for which a world's versions are refused. */
export function skewOf(world: ComponentWorld, installed: InstalledVersions): VersionSkew | undefined {
  return downgradeIn(world, installed) ?? meshSkew(world, installed) ?? kubernetesSkew(world, installed);
}

/**
 * A set is only tested as an upgrade of older ones. Upstream's own rules forbid it, too: a data plane of Istio may not be
 * newer than its control plane, https://istio.io/latest/docs/releases/supported-releases/#control-planedata-plane-skew;
 * and an API server refuses a definition without a version that it has stored, as one of an older External Secrets may
 * be, https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/
 */
function downgradeIn(world: ComponentWorld, { components, mesh }: InstalledVersions): VersionSkew | undefined {
  const { istio } = versionsOf(world);
  const newest = isBrought(world.platform.platform, "istio") ? mesh?.installed.toSorted(compare).at(-1) : undefined;
  if (newest !== undefined && gt(newest, istio)) return downgrade("Istio", newest, istio);
  for (const component of componentsOf(world)) {
    const version = component.version?.(world);
    const before = components.get(component.id);
    if (version === undefined || before === undefined || !gt(before, version)) continue;
    return downgrade(component.title, before, version);
  }
  return undefined;
}

export function downgrade(title: string, before: string, version: string): VersionSkew {
  const reason = `${title} ${before} was installed by a newer gennet, and this one would downgrade it to ${version}`;
  return { reason, next: [newerGennet] };
}

/**
 * Revisions may skip a minor version, https://istio.io/latest/docs/setup/upgrade/canary/, but there is one CNI plugin for
 * all of them, which fits control planes of one minor version before and after its own:
 * https://istio.io/latest/docs/setup/additional-setup/cni/#installing-with-revisioned-control-planes
 */
function meshSkew(world: ComponentWorld, { mesh }: InstalledVersions): VersionSkew | undefined {
  const { istio } = versionsOf(world);
  const [oldest] = mesh?.installed.toSorted(compare) ?? [];
  if (oldest === undefined || !isBrought(world.platform.platform, "istio")) return undefined;
  const apart = minorOf(istio) - minorOf(oldest);
  if (apart <= 1) return undefined;
  const between = `1.${minorOf(oldest) + 1}`;
  return {
    reason: `Istio ${oldest} is ${apart} minor versions older than ${istio}, and Istio is upgraded by one at a time`,
    next: [`Run gennet region bootstrap of the release of gennet that has Istio ${between} first.`],
  };
}

function kubernetesSkew(
  { platform, region }: ComponentWorld,
  { kubernetes }: InstalledVersions,
): VersionSkew | undefined {
  if (kubernetes === undefined || !isBrought(platform.platform, "istio")) return undefined;
  if (minorOf(kubernetes) >= minorOf(oldestKubernetes)) return undefined;
  return {
    reason: `Istio needs Kubernetes ${oldestKubernetes} or newer, and the cluster has ${kubernetes}`,
    next: [
      `Set kubernetes.version of region ${region.name} in gennet.yaml to ${oldestKubernetes} or newer.`,
      `gennet region upgrade ${region.name}  # upgrades the cluster`,
    ],
  };
}
