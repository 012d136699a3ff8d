import { actionOn } from "../core/due.ts";
import { AppError } from "../core/error.ts";
import { makePlan } from "../core/plan.ts";
import type { AnyResource } from "../core/resource.ts";
import { platformGraph, type RunScope } from "./platform-graph.ts";
import { regionResources } from "./resources.ts";
import { claimedVolumes } from "./resources/claimed-volumes.ts";
import { loadBalancers } from "./resources/load-balancers.ts";
import { serviceLinkedRoles } from "./resources/service-linked-roles.ts";
import { postgresLoginCopy } from "./resources/stores/postgres-login-copy.ts";
import type { RegionWorld } from "./world.ts";

/** What `region destroy` deletes. */
export interface DestroyedPart {
  /** The name of the region. */
  readonly region: string;
  /** Whether no other region exists: what they share goes, too. */
  readonly isLast: boolean;
  /** The resources that are left alone. */
  readonly except: readonly string[];
  /** The resources of the platform; by default, those of gennet.yaml, and what others made for them. */
  readonly resources?: readonly AnyResource<RegionWorld>[];
}

/** Returns the scope of the part: everything in it is unwanted, and the rest is only read. */
export function destroyScope(worlds: readonly RegionWorld[], part: DestroyedPart): RunScope {
  const { region, isLast, except } = part;
  return {
    regions: [region],
    platform: isLast,
    except,
    resources: resourcesOf(worlds, part),
    isWanted: (placed) => {
      // Of the other regions, nothing exists if it is the last one.
      const isDestroyed = isLast || placed.region === region;
      return !isDestroyed && (placed.resource.wanted?.(placed.world) ?? true);
    },
  };
}

/**
 * Reads the other regions, to know whether they exist. Throws REGION_PRIMARY for the primary region while another one
 * exists, or may exist: it holds the originals that the others copy.
 */
export async function partToDestroy(
  worlds: readonly RegionWorld[],
  chosen: Omit<DestroyedPart, "isLast">,
  signal: AbortSignal,
): Promise<DestroyedPart> {
  const others = worlds.filter(({ region }) => region.name !== chosen.region).map(({ region }) => region.name);
  const { existing, unread } = await lookAt(others, worlds, chosen, signal);
  signal.throwIfAborted();
  const primary = worlds.find(({ region }) => region.primary === true) ?? worlds[0];
  if (primary?.region.name === chosen.region) {
    const [first] = unread;
    if (existing.length > 0) throw stillNeeded(chosen.region, existing);
    if (first !== undefined) throw mayBeNeeded(chosen.region, first);
  }
  return { ...chosen, isLast: existing.length === 0 && unread.length === 0 };
}

interface OtherRegions {
  /** The names of those of which something exists. */
  readonly existing: readonly string[];
  readonly unread: readonly { readonly region: string; readonly reason: unknown }[];
}

async function lookAt(
  others: readonly string[],
  worlds: readonly RegionWorld[],
  { resources }: Pick<DestroyedPart, "resources">,
  signal: AbortSignal,
): Promise<OtherRegions> {
  if (others.length === 0) return { existing: [], unread: [] };
  const [first] = worlds;
  const scope: RunScope = {
    regions: others,
    platform: false,
    resources: resources ?? (first === undefined ? [] : regionResources(first.platform)),
    isWanted: () => false,
  };
  const { changes, failures } = await makePlan(
    platformGraph(worlds, scope),
    ({ aws }) => aws.verifyAccount(signal),
    signal,
  );
  const unread = others.flatMap((region) => (failures.has(region) ? [{ region, reason: failures.get(region) }] : []));
  // A replica of the login is made with the login: it does not mean that its region exists.
  const own = changes.filter(({ step }) => step !== postgresLoginCopy.id);
  const existing = others.filter((name) =>
    own.some((change) => change.region === name && !["none", "deferred"].includes(actionOn(change))),
  );
  return { existing, unread };
}

function resourcesOf(
  [first]: readonly RegionWorld[],
  { resources }: DestroyedPart,
): readonly AnyResource<RegionWorld>[] {
  if (resources !== undefined) return resources;
  if (first === undefined) return [];
  const own = regionResources(first.platform);
  return [...own, loadBalancers(own), claimedVolumes, serviceLinkedRoles];
}

function stillNeeded(region: string, existing: readonly string[]): AppError {
  return new AppError(
    "REGION_PRIMARY",
    `Region ${region} is the primary region, and ${existing.join(", ")} ${existing.length === 1 ? "depends" : "depend"} on it.`,
    { next: [...existing.map((name) => `gennet region destroy ${name}`), "gennet explain REGION_PRIMARY"] },
  );
}

function mayBeNeeded(
  region: string,
  { region: other, reason }: { readonly region: string; readonly reason: unknown },
): unknown {
  if (!(reason instanceof AppError)) return reason;
  const message = `Region ${region} is the primary region, and whether ${other} still depends on it is unknown: ${reason.message}`;
  return new AppError(reason.code, message, { next: reason.next, cause: reason });
}
