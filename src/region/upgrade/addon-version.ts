import type { Addon, AddonVersions } from "../../aws/eks/port.ts";
import { type AnyResource, ready, update } from "../../core/resource.ts";
import type { AddonResource } from "../resources/addons.ts";
import { nodeAddons } from "../resources/node-addons.ts";
import { nodeGroupName } from "../resources/node-group.ts";
import { coredns, metrics, monitoring, storage } from "../resources/workload-addons.ts";
import type { RegionResource, RegionWorld } from "../world.ts";

interface Actual {
  readonly addon: Addon | undefined;
  /** The versions that it goes through, one after the other; empty if it stays in its version. */
  readonly path: readonly string[];
  /** The version before the first of these. */
  readonly from: string;
}

export type AddonVersionResource = RegionResource<Actual, string>;

/** What the version of an add-on has to fit at some point of a route. */
export interface AddonFit {
  /** Versions of the control plane, all at the same time. */
  readonly versions: readonly string[];
  /** Whether a control plane with this version is past that point. */
  isPast(version: string): boolean;
  /** Whether an add-on that fits still gets the default version, because the nodes get theirs next. */
  isRenewed(nodes: string): boolean;
}

/** Where the version of an add-on changes. */
interface AddonStep {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly AnyResource<RegionWorld>[];
  /** The step before of the same add-on. */
  readonly previous: AddonVersionResource | undefined;
  /** What it has to fit on the way, one after the other; this step is the last of them. */
  readonly fits: readonly AddonFit[];
}

/** The add-ons of gennet. */
export const ownAddons: readonly AddonResource[] = [...nodeAddons, coredns, metrics, monitoring, storage];

export function addonName({ id }: AddonResource): string {
  return id.replace(/^addon-/, "");
}

/**
 * An add-on in a version that fits the control plane: in the default one, if the nodes are going to follow; otherwise in
 * the version that it has, as long as that fits. Outputs its version; empty if it does not exist.
 */
export function addonVersion(
  addonResource: AddonResource,
  { fits, needs, previous, ...step }: AddonStep,
): AddonVersionResource {
  const name = addonName(addonResource);
  const own = fits.at(-1)?.versions ?? [];
  const target = `${name} for ${own.join(" and ")}`;
  const resource: AddonVersionResource = {
    ...step,
    needs: previous === undefined ? needs : [...needs, previous],
    patienceMs: 60 * 60_000,
    async read({ world, signal, output }) {
      const eks = await world.aws.service("eks");
      const [addon, cluster, group] = await Promise.all([
        eks.addon(world.region.cluster, name, signal),
        eks.cluster(world.region.cluster, signal),
        eks.nodegroup(world.region.cluster, nodeGroupName, signal),
      ]);
      if (addon === undefined || cluster === undefined) return { addon, path: [], from: "" };
      const due = fits.filter((fit, at) => at === fits.length - 1 || !fit.isPast(cluster.version));
      const offers = new Map<string, AddonVersions>();
      for (const kubernetes of new Set(due.flatMap(({ versions }) => versions))) {
        offers.set(kubernetes, await eks.addonVersions(name, kubernetes, signal));
      }
      // What the step before has left may not be visible yet.
      const left = previous && output(previous);
      let version = left === undefined || left === "" ? (addon.version ?? "") : left;
      let from = version;
      for (const { versions, isRenewed } of due) {
        const offered = versions.flatMap((kubernetes) => offers.get(kubernetes) ?? []);
        from = version;
        version = nextOf(version, offered, group?.version !== undefined && isRenewed(group.version));
      }
      const [first = [], ...others] = own.map((kubernetes) => offers.get(kubernetes)?.compatible ?? []);
      const offered = first.filter((each) => others.every((compatible) => compatible.includes(each)));
      const path = from === version ? [] : pathOf(name, from, version, offered);
      const done = path.indexOf(addon.version ?? "");
      return { addon, path: path.slice(done + 1), from: path[done] ?? from };
    },
    diff: ({ path, from }) => ({
      operations: path.map((version, at) => update(target, "version", version, path[at - 1] ?? from)),
    }),
    async apply(seen, at) {
      const { world, signal } = at;
      const eks = await world.aws.service("eks");
      const { cluster } = world.region;
      // What an earlier run began may be all that is missing.
      const isBusy = seen.addon?.status === "UPDATING" || seen.addon?.status === "CREATING";
      if (isBusy) await eks.settled(cluster, { addon: name }, signal);
      const { addon, path } = isBusy ? await resource.read(at) : seen;
      const configuration = addon?.configuration;
      for (const version of path) await eks.updateAddon({ cluster, name, version, configuration }, signal);
    },
    ready: ({ addon }) => (addon === undefined ? ready : addonResource.ready({ addon, versions: undefined })),
    output: ({ path, from }) => (path.length === 0 ? from : undefined),
  };
  return resource;
}

/** Returns a version that fits all of these: the one that there is, or the default of the first that fits. */
function nextOf(version: string, offers: readonly AddonVersions[], isRenewed: boolean): string {
  const fits = (one: string): boolean => offers.every(({ compatible }) => compatible.includes(one));
  const newer = offers.find(({ default: preferred }) => isRenewed && isNewer(preferred, version))?.default;
  if (newer !== undefined && fits(newer)) return newer;
  if (fits(version)) return version;
  const candidates = offers.flatMap(({ default: preferred, compatible }) => [preferred, ...compatible]);
  return candidates.find(fits) ?? version;
}

/**
 * Returns the versions on the way. The VPC CNI goes one minor version at a time.
 * https://docs.aws.amazon.com/eks/latest/userguide/vpc-add-on-update.html
 */
function pathOf(name: string, from: string, to: string, offered: readonly string[]): readonly string[] {
  if (name !== "vpc-cni") return [to];
  const minors = [from, to].map((version) => numbersOf(version)[1] ?? 0);
  const [lowest, highest] = [Math.min(...minors), Math.max(...minors)];
  const between = Array.from({ length: Math.max(0, highest - lowest - 1) }, (_, at) => lowest + at + 1);
  const stops = between.flatMap((minor) => {
    const fitting = offered.filter((each) => numbersOf(each)[1] === minor);
    return fitting.toSorted((one, other) => (isNewer(one, other) ? -1 : 1)).slice(0, 1);
  });
  return [...(isNewer(to, from) ? stops : stops.toReversed()), to];
}

function isNewer(version: string, than: string): boolean {
  const others = numbersOf(than);
  const numbers = numbersOf(version);
  const at = numbers.findIndex((number, place) => number !== (others[place] ?? 0));
  return at !== -1 && (numbers[at] ?? 0) > (others[at] ?? 0);
}

/** Returns 1, 21, 1 and 3 for `v1.21.1-eksbuild.3`. */
function numbersOf(version: string): readonly number[] {
  return (version.match(/\d+/g) ?? []).map(Number);
}
