import { listed } from "../core/enumerate.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import type { GitopsRegion } from "./reach-argocd.ts";
import { obstacleTo, wipingOut } from "./sync-obstacle.ts";
import { type SyncedApplication, untouched } from "./sync-report.ts";

/** Returns what a sync would do now, as far as Argo CD has compared. */
export async function foreseeSync(
  application: Application,
  argocd: ArgoCd,
  { name: region, commands }: GitopsRegion,
  { now, prune }: { readonly now: number; readonly prune: boolean },
  signal: AbortSignal,
): Promise<SyncedApplication> {
  const obstacle =
    (await obstacleTo(application, argocd, now, commands, signal)) ?? wipingOut(application, prune, commands);
  if (obstacle !== undefined) return untouched(application, region, "blocked", obstacle.message, obstacle.next);
  const { reconciledAt, operation, sync, conditions } = application;
  const compared =
    reconciledAt === undefined ? "never compared yet" : `compared at ${new Date(reconciledAt).toISOString()}`;
  if (sync === "Unknown") {
    const why = conditions.map(({ message }) => message);
    return untouched(application, region, "unknown", ["not compared with Git", ...why, compared].join("; "));
  }
  const changes = [...differing(application), ...hooks(application)];
  const behind = operation === undefined ? [] : [`would wait behind ${operation.by}`];
  const message = [...(changes.length === 0 ? [] : [listed(changes)]), ...behind, compared].join(", ");
  return untouched(application, region, changes.length === 0 && sync === "Synced" ? "unchanged" : "pending", message);
}

function differing({ resources }: Application): readonly string[] {
  return resources.filter(({ differs }) => differs).map(({ kind, name }) => `${kind} ${name}`);
}

/** Hooks are not compared: the next sync deletes and re-creates those of the last one, changed or not. */
function hooks({ last, sync }: Application): readonly string[] {
  if (last === undefined || sync === "Unknown") return [];
  const known = new Set(
    last.results.flatMap(({ kind, name, hookType }) =>
      hookType === undefined || hookType === "SyncFail" ? [] : [`${kind} ${name} (hook ${hookType}, re-created)`],
    ),
  );
  return [...known];
}
