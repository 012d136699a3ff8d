import { minorOf } from "../../core/kubernetes/minor-version.ts";
import type { AnyResource } from "../../core/resource.ts";
import type { RegionWorld } from "../world.ts";
import { type AddonFit, addonVersion, type AddonVersionResource, ownAddons } from "./addon-version.ts";
import { bakeOf } from "./bake.ts";
import { controlPlane } from "./control-plane.ts";
import { nodeGroupVersion } from "./node-group-version.ts";
import { minorsBetween, type UpgradeRules, type UpgradeStep } from "./upgrade-step.ts";

/** The change of a cluster's version as a whole. An upgrade may lead over several minor versions. */
export type UpgradeRoute = UpgradeStep;

/**
 * Returns the resources of an upgrade or a rollback, in their order. Each is found in AWS as it is, so that a killed run
 * is continued by another one.
 */
export function routeResources(route: UpgradeRoute, rules: UpgradeRules): readonly AnyResource<RegionWorld>[] {
  return route.kind === "upgrade" ? upgradeResources(route, rules) : rollbackResources(route, rules);
}

/**
 * First the nodes and add-ons are brought to the version that the control plane has. Then, one minor version at a time:
 * add-ons that have a version for both go to it, so that the control plane could be rolled back; the control plane, the
 * bake, the other add-ons, the nodes.
 */
function upgradeResources({ from, to }: UpgradeRoute, rules: UpgradeRules): readonly AnyResource<RegionWorld>[] {
  const versions = minorsBetween(from, to);
  const made: AnyResource<RegionWorld>[] = [];
  const fits: AddonFit[] = [];
  let addons: readonly AddonVersionResource[] = [];
  let before: readonly AnyResource<RegionWorld>[] = [];
  for (const [at, version] of versions.entries()) {
    const previous = versions[at - 1];
    const planes: AnyResource<RegionWorld>[] = [];
    if (previous !== undefined) {
      fits.push({
        versions: [previous, version],
        isPast: (plane) => minorOf(plane) >= minorOf(version),
        isRenewed: () => false,
      });
      addons = addonsFor(fits, before, addons);
      planes.push(controlPlane({ from: previous, to: version, kind: "upgrade" }, addons, rules));
      made.push(...addons, ...planes);
    }
    const bake = bakeOf(version, { needs: planes, follows: previous !== undefined }, rules);
    fits.push({
      versions: [version],
      isPast: (plane) => minorOf(plane) > minorOf(version),
      isRenewed: (nodes) => minorOf(nodes) < minorOf(version),
    });
    addons = addonsFor(fits, [bake], addons);
    const nodes = nodeGroupVersion({ from: previous, to: version }, addons);
    made.push(bake, ...addons, nodes);
    before = [nodes];
  }
  return made;
}

/**
 * Add-ons that have a version for both go to that one first, as AWS advises; the others when the control plane has its
 * old version. https://docs.aws.amazon.com/eks/latest/best-practices/rollback-cluster-upgrades.html
 */
function rollbackResources({ from, to }: UpgradeRoute, rules: UpgradeRules): readonly AnyResource<RegionWorld>[] {
  const both: AddonFit = {
    versions: [to, from],
    isPast: (plane) => minorOf(plane) <= minorOf(to),
    isRenewed: () => false,
  };
  const own: AddonFit = { versions: [to], isPast: () => false, isRenewed: () => false };
  const before = addonsFor([both], [], []);
  const plane = controlPlane({ from, to, kind: "rollback" }, before, rules);
  return [...before, plane, ...addonsFor([both, own], [plane], before)];
}

/** Returns the add-ons in versions that fit the last of these. */
function addonsFor(
  fits: readonly AddonFit[],
  needs: readonly AnyResource<RegionWorld>[],
  before: readonly AddonVersionResource[],
): readonly AddonVersionResource[] {
  const versions = fits.at(-1)?.versions ?? [];
  return ownAddons.map((own, at) =>
    addonVersion(own, {
      id: [own.id, ...versions].join("-"),
      title: `Add-on ${own.addon} for ${versions.join(" and ")}`,
      needs,
      previous: before[at],
      fits: [...fits],
    }),
  );
}
