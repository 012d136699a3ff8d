import type { Addon, AddonVersions } from "../../aws/eks/port.ts";
import { differenceOf, type Fields } from "../../core/compare-fields.ts";
import { type AnyResource, asDesired, type Difference, ready, type ResourceContext } from "../../core/resource.ts";
import { adoption } from "../adoption.ts";
import { owned, ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { eksCluster } from "./eks-cluster.ts";
import { networkIdentity } from "./pod-identities.ts";
import { isManaged } from "./roles.ts";

type At = ResourceContext<RegionWorld>;

interface AddonActual {
  readonly addon: Addon | undefined;
  /** The versions that fit the cluster, once it exists; not read to remove the add-on. */
  readonly versions: AddonVersions | undefined;
}

/** An add-on as other resources see it. */
export interface InstalledAddon {
  readonly name: string;
  /** Whether its version fits the cluster's. */
  readonly fits: boolean;
}

export type AddonResource = RegionResource<AddonActual, InstalledAddon>;

interface AddonFacts {
  readonly name: string;
  readonly needs: readonly AnyResource<RegionWorld>[];
  /** What differs from the add-on's defaults. */
  readonly configuration?: Readonly<Record<string, unknown>>;
}

/**
 * An EKS add-on, in EKS's default version for the cluster when it is created. Later, only an upgrade changes its version.
 * Auto Mode brings what these do.
 */
export function addon({ name, needs, configuration }: AddonFacts): AddonResource {
  const desired = desiredFields(configuration);
  const values = configuration && JSON.stringify(configuration);
  const differenceFrom = ({ addon: actual }: Pick<AddonActual, "addon">): Difference => {
    if (actual === undefined || actual.status === "DELETING") return differenceOf(name, undefined, desired);
    const status = { field: "status", before: actual.status, after: "ACTIVE" };
    if (actual.status === "CREATE_FAILED" || actual.status === "DELETE_FAILED") {
      return { operations: [{ verb: "replace", target: name, fields: desired, ...status }] };
    }
    const difference = differenceOf(name, fieldsOf(actual), desired);
    const isUndone = actual.status === "UPDATE_FAILED" && difference.operations.length === 0;
    // The update that failed is made again.
    return isUndone ? { operations: [{ verb: "update", target: name, ...status }] } : difference;
  };
  const resource: AddonResource = {
    id: `addon-${name}`,
    title: `Add-on ${name}`,
    needs,
    wanted: isManaged,
    async read(at) {
      const { world, signal } = at;
      const eks = await world.aws.service("eks");
      const kubernetes = at.output(eksCluster)?.version;
      if (kubernetes === undefined) return { addon: undefined, versions: undefined };
      const [found, versions] = await Promise.all([
        eks.addon(world.region.cluster, name, signal),
        // EKS may offer none any more for an old cluster, which can still be removed.
        at.removing === true ? undefined : eks.addonVersions(name, kubernetes, signal),
      ]);
      return { addon: found && owned(found, `add-on "${name}"`, world), versions };
    },
    diff: differenceFrom,
    async apply(seen, at) {
      const { world, signal } = at;
      const eks = await world.aws.service("eks");
      const { cluster } = world.region;
      const settled = async (): Promise<AddonActual> => {
        await eks.settled(cluster, { addon: name }, signal);
        return resource.read(at);
      };
      // What an earlier run began may be all that is missing.
      const actual = isBusy(seen.addon) ? await settled() : seen;
      const { operations } = differenceFrom(actual);
      if (actual.addon !== undefined && operations.some(({ verb }) => verb === "replace")) {
        await eks.deleteAddon(cluster, name, signal);
        await settled();
      }
      if (operations.some(({ verb }) => verb === "create" || verb === "replace")) {
        const tags = ownTags(world);
        const { default: version } =
          actual.versions ?? (await eks.addonVersions(name, at.required(eksCluster).version, signal));
        return void (await eks.createAddon({ cluster, name, version, configuration: values, tags }, signal));
      }
      if (operations.length === 0) return;
      const version = actual.addon?.version ?? "";
      // Without a configuration, EKS keeps the one that it has.
      const reset = actual.addon?.configuration === undefined ? undefined : "{}";
      await eks.updateAddon({ cluster, name, version, configuration: values ?? reset }, signal);
    },
    /** https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html */
    ready({ addon: actual }) {
      if (actual?.status === "ACTIVE") return ready;
      const issues = actual === undefined || actual.issues.length === 0 ? "" : ` (${actual.issues.join("; ")})`;
      if (actual?.status.endsWith("_FAILED")) {
        return { state: "failed", reason: `EKS reports ${actual.status}${issues}` };
      }
      // A degraded add-on recovers when its replicas run, so it is waited for.
      return { state: "waiting", detail: `${actual?.status ?? "not visible yet"}${issues}` };
    },
    output({ addon: actual, versions }) {
      if (actual === undefined || actual.status === "DELETING") return undefined;
      return { name, fits: versions?.compatible.includes(actual.version ?? "") !== false };
    },
    adoption: adoption({
      kind: "add-on",
      found: ({ addon: actual }) => actual,
      tag: async ({ addon: actual }, tags, world, signal) =>
        (await world.aws.service("eks")).tag(actual?.arn ?? "", tags, signal),
    }),
    removal: {
      diff: ({ addon: actual }) =>
        actual === undefined || actual.status === "DELETING"
          ? asDesired
          : { operations: [{ verb: "delete", target: name }] },
      async apply(_actual, { world, signal }: At) {
        await (await world.aws.service("eks")).deleteAddon(world.region.cluster, name, signal);
      },
      gone({ addon: actual }) {
        if (actual === undefined) return ready;
        if (actual.status !== "DELETE_FAILED") return { state: "waiting", detail: actual.status };
        return { state: "failed", reason: actual.issues.join("; ") || "EKS reports DELETE_FAILED" };
      },
    },
  };
  return resource;
}

function desiredFields(configuration: AddonFacts["configuration"]): Fields {
  return { configuration: configuration === undefined ? "defaults" : JSON.stringify(configuration) };
}

function fieldsOf({ configuration = "" }: Addon): Fields {
  return { configuration: configuration === "" || configuration === "{}" ? "defaults" : configuration };
}

function isBusy(actual: Addon | undefined): boolean {
  return actual !== undefined && ["CREATING", "UPDATING", "DELETING"].includes(actual.status);
}

/** Add-ons that nodes need to become ready and to give pods an identity; they run on every node. */
export const nodeAddons = [
  addon({ name: "vpc-cni", needs: [eksCluster, networkIdentity] }),
  addon({ name: "kube-proxy", needs: [eksCluster] }),
  addon({ name: "eks-pod-identity-agent", needs: [eksCluster] }),
];
