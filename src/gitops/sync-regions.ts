import { setMaxListeners } from "node:events";
import { mapBounded } from "../core/bounded.ts";
import type { Clock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { followApplications, type LiveApplications } from "./live-applications.ts";
import { type GitopsRegion, reachArgoCd } from "./reach-argocd.ts";
import { refresh } from "./refresh.ts";
import { assertFound, chosenOf, queryOf, type Selection } from "./select-applications.ts";
import { syncApplication, type SyncOptions } from "./sync-application.ts";
import type { SyncReport } from "./sync-report.ts";
import { exitOfOutcome, type SyncedApplication, type SyncOutcome } from "./synced-application.ts";

export interface SyncAll extends Pick<SyncOptions, "id" | "prune" | "async" | "settleMs"> {
  readonly selection: Selection;
  readonly dryRun: boolean;
  /** A dry run has Argo CD compare first. */
  readonly refresh: boolean;
  /** Begin with a wave of regions only when the one before it is well. */
  readonly waves: boolean;
}

export interface SyncSetting {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** As many operations of one region are asked for at once; Argo CD works on ten at a time unless it is told otherwise. */
const atOnce = 100;

interface OpenRegion {
  readonly region: GitopsRegion;
  readonly argocd: ArgoCd;
  readonly live: LiveApplications;
  readonly chosen: readonly Application[];
}

/** Syncs what is selected in all regions; how each of them ended is in the report. */
export async function syncRegions(
  regions: readonly GitopsRegion[],
  request: SyncAll,
  setting: SyncSetting,
): Promise<SyncReport> {
  const { id, dryRun, selection } = request;
  // Every Application that is waited for listens to it; more than ten at once are no leak.
  setMaxListeners(0, setting.signal);
  const reached = await Promise.all(regions.map((region) => open(region, selection, setting)));
  const opened = reached.flatMap((each) => ("answer" in each ? [each.answer] : []));
  const findings = reached.flatMap((each): readonly Finding[] => ("finding" in each ? [each.finding] : []));
  try {
    if (findings.length === 0) {
      const { namespace } = selection;
      const all = () => Promise.all(opened.map(({ argocd }) => argocd.applications({ namespace }, setting.signal)));
      await assertFound(
        opened.flatMap(({ chosen }) => chosen),
        selection,
        async () => (await all()).flat(),
      );
    }
    announce(opened, setting);
    const items = await inWaves(opened, request, setting);
    return { kind: "SyncReport", id, dryRun, items, findings };
  } finally {
    for (const { live } of opened) live.stop();
  }
}

function open(region: GitopsRegion, selection: Selection, { emit, signal }: SyncSetting) {
  return reachArgoCd(
    region,
    async (argocd): Promise<OpenRegion> => {
      const live = await followApplications(
        (inner) => argocd.watch(queryOf(selection), inner),
        (error) => emit({ type: "note", level: "warn", text: `${region.name}: ${error.message}` }),
        signal,
      );
      return { region, argocd, live, chosen: chosenOf(live.all, selection) };
    },
    signal,
  );
}

function announce(opened: readonly OpenRegion[], { emit }: SyncSetting): void {
  const several = opened.length > 1;
  const tasks = opened.flatMap(({ region, chosen }) =>
    chosen.map(({ name }) => ({ id: `${region.name}/${name}`, title: several ? `${region.name}: ${name}` : name })),
  );
  if (tasks.length > 0) emit({ type: "tasks", tasks });
}

async function inWaves(
  opened: readonly OpenRegion[],
  request: SyncAll,
  setting: SyncSetting,
): Promise<readonly SyncedApplication[]> {
  const waves = request.waves ? [...new Set(opened.map(({ region }) => region.wave))].sort((a, b) => a - b) : [0];
  const items: SyncedApplication[] = [];
  let failedIn: number | undefined;
  for (const wave of waves) {
    const regions = request.waves ? opened.filter(({ region }) => region.wave === wave) : opened;
    const before = failedIn === undefined ? undefined : `wave ${failedIn} did not end well`;
    const done = await Promise.all(regions.map((each) => inRegion(each, request, setting, before)));
    items.push(...done.flat());
    if (!request.dryRun && done.flat().some(({ outcome }) => exitOfOutcome[outcome] !== exit.ok)) failedIn ??= wave;
  }
  return items;
}

function inRegion(
  { region, argocd, live, chosen }: OpenRegion,
  request: SyncAll,
  { clock, emit, signal }: SyncSetting,
  instead: string | undefined,
): Promise<SyncedApplication[]> {
  return mapBounded(chosen, atOnce, async (application) => {
    const task = `${region.name}/${application.name}`;
    const report = (detail: string): void => emit({ type: "task", id: task, state: "running", detail });
    if (instead !== undefined) return ended(task, untouched(application, region, "skipped", instead), emit);
    if (request.dryRun) {
      if (request.refresh) report("compares with Git");
      const compared = request.refresh ? await refresh(application, live, argocd, signal) : application;
      return ended(task, await foresee(compared ?? application, argocd, region, clock, signal), emit);
    }
    const options = { ...request, region: region.name, clock, report, signal };
    return ended(task, await syncApplication(application, live, argocd, options), emit);
  });
}

function ended(id: string, item: SyncedApplication, emit: Emit): SyncedApplication {
  const { outcome, message, durationMs } = item;
  const state =
    outcome === "skipped" ? "skipped" : exitOfOutcome[outcome] === exit.ok || outcome === "pending" ? "done" : "failed";
  const detail = [outcome, message].filter((part) => part !== "").join(": ");
  emit({ type: "task", id, state, detail, durationMs });
  return item;
}

/** What a sync would do now, as far as Argo CD has compared. */
async function foresee(
  application: Application,
  argocd: ArgoCd,
  region: GitopsRegion,
  { now }: Clock,
  signal: AbortSignal,
): Promise<SyncedApplication> {
  const window = await argocd.blockedBy(application, now(), signal);
  if (window !== undefined) return untouched(application, region, "blocked", window);
  const { reconciledAt, operation, sync, resources, conditions } = application;
  const compared =
    reconciledAt === undefined ? "never compared yet" : `compared at ${new Date(reconciledAt).toISOString()}`;
  if (sync === "Unknown") {
    const why = conditions.map(({ message }) => message);
    return untouched(application, region, "unknown", ["not compared with Git", ...why, compared].join("; "));
  }
  const changes = resources.filter((each) => each.sync === "OutOfSync").map((each) => `${each.kind} ${each.name}`);
  const shown = changes.length > 3 ? [...changes.slice(0, 3), `and ${changes.length - 3} more`] : changes;
  const behind = operation === undefined ? [] : [`would wait behind ${operation.by}`];
  const message = [...shown, ...behind, compared].join(", ");
  return untouched(application, region, sync === "Synced" ? "unchanged" : "pending", message);
}

function untouched(
  { namespace, name, sync, health, revisions }: Application,
  region: GitopsRegion,
  outcome: SyncOutcome,
  message: string,
): SyncedApplication {
  const nothing = { queuedMs: 0, retries: 0, durationMs: 0 };
  return { region: region.name, namespace, name, outcome, message, revisions, sync, health, ...nothing };
}
