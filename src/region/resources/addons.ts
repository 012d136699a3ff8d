import { parse } from "yaml";
import type { Addon, AddonVersions } from "../../aws/eks/port.ts";
import { canonicalJson } from "../../core/canonical-json.ts";
import { differenceOf } from "../../core/compare-fields.ts";
import { AppError } from "../../core/error.ts";
import type { Operation } from "../../core/operation.ts";
import {
  type AnyResource,
  asDesired,
  blocked,
  type Difference,
  ready,
  type ResourceContext,
} from "../../core/resource.ts";
import type { ObjectRef } from "../../k8s/port.ts";
import { adoption } from "../adoption.ts";
import { failureOf, waitingFor } from "../eks-health.ts";
import { owned, ownTags, type RegionResource, type RegionWorld } from "../world.ts";
import { eksCluster } from "./eks-cluster.ts";
import { isManaged } from "./roles.ts";

type At = ResourceContext<RegionWorld>;

interface AddonActual {
  readonly addon: Addon | undefined;
  /** Whether the cluster has it without EKS managing it; only read by a run that may adopt. */
  readonly isSelfManaged?: boolean;
  /** The versions that fit the cluster, once it exists; not read to remove the add-on. */
  readonly versions: AddonVersions | undefined;
}

/** An add-on as other resources see it. */
interface InstalledAddon {
  readonly name: string;
  /** Whether its version fits the cluster's. */
  readonly fits: boolean;
}

export type AddonResource = RegionResource<AddonActual, InstalledAddon>;

interface AddonFacts {
  readonly name: string;
  /** The workload in kube-system that it is. */
  readonly workload: Pick<ObjectRef, "kind" | "name">;
  readonly needs: readonly AnyResource<RegionWorld>[];
  readonly outlives?: readonly AnyResource<RegionWorld>[];
  /** What differs from the add-on's defaults. */
  readonly configuration?: Readonly<Record<string, unknown>>;
  /** Regions in which it is wanted; by default, those with a node group. */
  readonly wanted?: (world: RegionWorld) => boolean;
}

/**
 * An EKS add-on, in EKS's default version for the cluster when it is created. Later, only an upgrade changes its version.
 * One that the cluster has without EKS managing it is only taken over by a run that may adopt. Auto Mode brings what those
 * of nodes do.
 */
export function addon({
  name,
  workload,
  needs,
  outlives = [],
  configuration,
  wanted = isManaged,
}: AddonFacts): AddonResource {
  const desired = { configuration: configurationOf(configuration) };
  const values = configuration && JSON.stringify(configuration);
  const takeover: Operation = { verb: "adopt", target: `self-managed ${name}` };
  const differenceFrom = (
    { addon: actual, isSelfManaged }: Pick<AddonActual, "addon" | "isSelfManaged">,
    { world }: Pick<At, "world">,
  ): Difference => {
    if (actual === undefined || actual.status === "DELETING") {
      const { operations } = differenceOf(name, undefined, desired);
      return { operations: [...(isSelfManaged === true ? [takeover] : []), ...operations] };
    }
    const status = { field: "status", before: actual.status, after: "ACTIVE" };
    if (actual.status === "CREATE_FAILED" || actual.status === "DELETE_FAILED") {
      const again: Operation = { verb: "replace", target: name, fields: desired, ...status };
      if (!actual.issues.some((issue) => issue.startsWith("ConfigurationConflict"))) return { operations: [again] };
      if (world.adopts === true) return { operations: [takeover, again] };
      const { reason, next } = failureOf(actual);
      return blocked(reason, [again], next);
    }
    const difference = differenceOf(name, { configuration: configurationOf(actual.configuration) }, desired);
    const isUndone = actual.status === "UPDATE_FAILED" && difference.operations.length === 0;
    // The update that failed is made again.
    return isUndone ? { operations: [{ verb: "update", target: name, ...status }] } : difference;
  };
  const resource: AddonResource = {
    id: `addon-${name}`,
    title: `Add-on ${name}`,
    needs,
    outlives,
    wanted,
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
      const isMissing = found === undefined && at.removing !== true && world.adopts === true;
      const isSelfManaged = isMissing && (await runs(workload, at));
      return { addon: found && owned(found, `add-on "${name}"`, world), isSelfManaged, versions };
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
      const { operations } = differenceFrom(actual, at);
      if (actual.addon !== undefined && operations.some(({ verb }) => verb === "replace")) {
        await eks.releaseAddon(cluster, name, signal);
        await settled();
      }
      if (operations.some(({ verb }) => verb === "create" || verb === "replace")) {
        const tags = ownTags(world);
        const overwrites = operations.includes(takeover);
        const { default: version } =
          actual.versions ?? (await eks.addonVersions(name, at.required(eksCluster).version, signal));
        const added = { cluster, name, version, configuration: values, tags, overwrites };
        return void (await eks.createAddon(added, signal));
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
      if (actual?.status.endsWith("_FAILED")) return failureOf(actual);
      // A degraded add-on recovers when its replicas run, so it is waited for.
      return waitingFor(actual);
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
        return actual.status === "DELETE_FAILED" ? failureOf(actual) : waitingFor(actual);
      },
    },
  };
  return resource;
}

/**
 * Returns a configuration so that two with the same values are the same text: EKS keeps it as it was given, as JSON or
 * YAML. One that is neither is returned as it is.
 */
function configurationOf(given: AddonFacts["configuration"] | string): string {
  const values: unknown = typeof given === "string" ? parsed(given) : given;
  if (values === undefined || values === null) return "defaults";
  if (typeof given === "string" && typeof values !== "object") return given;
  return Object.keys(values).length === 0 ? "defaults" : canonicalJson(values);
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return text;
  }
}

/** Returns whether the cluster runs a workload; false if that cannot be read: the creation then fails on a conflict. */
async function runs(workload: AddonFacts["workload"], { world, signal }: At): Promise<boolean> {
  try {
    const ref = { apiVersion: "apps/v1", namespace: "kube-system", ...workload };
    return (await (await world.cluster()).get(ref, signal)) !== undefined;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}

function isBusy(actual: Addon | undefined): boolean {
  return actual !== undefined && ["CREATING", "UPDATING", "DELETING"].includes(actual.status);
}
