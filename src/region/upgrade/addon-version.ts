import { minorOf } from "../../core/kubernetes/minor-version.ts";
import type { Addon, AddonVersions } from "../../aws/eks/port.ts";
import { type AnyResource, ready, update } from "../../core/resource.ts";
import { type AddonResource, nodeAddons } from "../resources/addons.ts";
import { coredns, storage } from "../resources/workload-addons.ts";
import type { RegionResource, RegionWorld } from "../world.ts";

interface Actual {
  readonly addon: Addon | undefined;
  /** The versions that it goes through, one after the other; empty if it stays in its version. */
  readonly path: readonly string[];
  /** The version before the first of these. */
  readonly from: string;
}

/** Where the version of an add-on changes. */
interface AddonStep {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly AnyResource<RegionWorld>[];
  /**
   * The versions of the control plane that it has to fit, one after the other, each with those that it has to fit at the
   * same time. This step is the last of them.
   */
  readonly fitting: readonly (readonly string[])[];
}

/** The add-ons of gennet. */
export const ownAddons: readonly AddonResource[] = [...nodeAddons, coredns, storage];

export function addonName({ id }: AddonResource): string {
  return id.replace(/^addon-/, "");
}

/**
 * An add-on in a version that fits the control plane. It stays in its version as long as that fits; otherwise it gets the
 * default one. Outputs its name, also if it does not exist.
 */
export function addonVersion(own: AddonResource, { fitting, ...step }: AddonStep): RegionResource<Actual, string> {
  const name = addonName(own);
  const target = `${name} for ${fitting.at(-1)?.join(" and ")}`;
  const resource: RegionResource<Actual, string> = {
    ...step,
    patienceMs: 60 * 60_000,
    async read({ world, signal }) {
      const eks = await world.aws.service("eks");
      const [addon, cluster] = await Promise.all([
        eks.addon(world.region.cluster, name, signal),
        eks.cluster(world.region.cluster, signal),
      ]);
      if (addon === undefined || cluster === undefined) return { addon, path: [], from: "" };
      // What only an older control plane needs is over.
      const due = fitting.filter(
        (versions, at) =>
          at === fitting.length - 1 || versions.some((version) => minorOf(version) >= minorOf(cluster.version)),
      );
      const offers = new Map<string, AddonVersions>();
      for (const kubernetes of new Set(due.flat())) {
        offers.set(kubernetes, await eks.addonVersions(name, kubernetes, signal));
      }
      let version = addon.version ?? "";
      let from = version;
      for (const versions of due) {
        from = version;
        version = nextOf(
          version,
          versions.flatMap((kubernetes) => offers.get(kubernetes) ?? []),
        );
      }
      const last = fitting.at(-1)?.map((kubernetes) => offers.get(kubernetes)?.compatible ?? []) ?? [];
      const [first = [], ...others] = last;
      const offered = first.filter((each) => others.every((compatible) => compatible.includes(each)));
      return { addon, path: from === version ? [] : pathOf(name, from, version, offered), from };
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
    ready: ({ addon }) => (addon === undefined ? ready : own.ready({ addon, versions: undefined })),
    output: ({ path }) => (path.length === 0 ? name : undefined),
  };
  return resource;
}

/** Returns the version that fits all of these: the one that there is, or the default of the first that fits. */
function nextOf(version: string, offers: readonly AddonVersions[]): string {
  const fits = (one: string): boolean => offers.every(({ compatible }) => compatible.includes(one));
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
  const [first, last] = [numbersOf(from), numbersOf(to)];
  const step = last.minor > first.minor ? 1 : -1;
  const between = Array.from(
    { length: Math.max(0, Math.abs(last.minor - first.minor) - 1) },
    (_, at) => first.minor + step * (at + 1),
  );
  const stops = between.flatMap((minor) => {
    const fitting = offered.filter((each) => numbersOf(each).minor === minor);
    return fitting.toSorted((one, other) => numbersOf(other).patch - numbersOf(one).patch).slice(0, 1);
  });
  return [...stops, to];
}

/** `v1.21.1-eksbuild.3` */
function numbersOf(version: string): { readonly minor: number; readonly patch: number } {
  const [, minor = "0", patch = "0"] = /^v\d+\.(\d+)\.(\d+)/.exec(version) ?? [];
  return { minor: Number(minor), patch: Number(patch) };
}
