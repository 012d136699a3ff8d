import { setMaxListeners } from "node:events";
import { mapBounded } from "../core/bounded.ts";
import type { Clock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { exit } from "../core/exit.ts";
import { foreseeSync } from "./foresee-sync.ts";
import type { Finding } from "../core/finding.ts";
import type { Application, ArgoCd } from "../k8s/argocd/port.ts";
import { followApplications, type LiveApplications } from "./live-applications.ts";
import { assertUnordered } from "./rolling-order.ts";
import { type GitopsRegion, reachArgoCd } from "./reach-argocd.ts";
import { refresh } from "./refresh.ts";
import { assertFound, chosenOf, queryOf, type Selection } from "./select-applications.ts";
import { syncApplication, type SyncOptions } from "./sync-application.ts";
import type { SyncReport } from "./sync-report.ts";
import { exitOfOutcome, type SyncedApplication, untouched } from "./synced-application.ts";

export interface SyncAll extends Pick<SyncOptions, "id" | "prune" | "async" | "terminate" | "settleMs"> {
  readonly selection: Selection;
  readonly dryRun: boolean;
  /** A dry run has Argo CD compare first. */
  readonly refresh: boolean;
  /** Begin with a wave of regions only once the one before it is known to have succeeded. */
  readonly waves: boolean;
}

export interface SyncSetting {
  readonly clock: Clock;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}

/** As many operations of one region are asked for at once; Argo CD works on ten at a time unless it is told otherwise. */
const atOnce = 100;

export interface OpenRegion {
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
    if (request.waves) await assertUnordered(opened, setting.signal);
    const unreached = regions.filter(({ name }) => findings.some(({ region }) => region === name));
    const items = await inWaves(opened, unreached, request, setting);
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

/** Wave after wave; what is not known to have ended well, such as a region that cannot be reached, begins no further one. */
async function inWaves(
  opened: readonly OpenRegion[],
  unreached: readonly GitopsRegion[],
  request: SyncAll,
  setting: SyncSetting,
): Promise<readonly SyncedApplication[]> {
  const all = [...opened.map(({ region }) => region), ...unreached];
  const waves = request.waves ? [...new Set(all.map(({ wave }) => wave))].sort((a, b) => a - b) : [0];
  const items: SyncedApplication[] = [];
  let reason: string | undefined;
  for (const wave of waves) {
    const regions = request.waves ? opened.filter(({ region }) => region.wave === wave) : opened;
    const before = reason;
    const done = (await Promise.all(regions.map((each) => inRegion(each, request, setting, before)))).flat();
    items.push(...done);
    if (!request.dryRun) reason ??= failureOf(wave, done, request.waves ? unreached : []);
  }
  return items;
}

/** Why no wave may come after this one; undefined where all of it is known to have ended well. */
function failureOf(
  wave: number,
  done: readonly SyncedApplication[],
  unreached: readonly GitopsRegion[],
): string | undefined {
  if (done.some(({ outcome }) => exitOfOutcome[outcome] !== exit.ok)) return `wave ${wave} did not succeed`;
  const names = unreached.filter((region) => region.wave === wave).map(({ name }) => name);
  return names.length === 0 ? undefined : `wave ${wave} is unknown: ${names.join(", ")} could not be asked`;
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
    if (instead !== undefined) return ended(task, untouched(application, region.name, "skipped", instead), emit);
    if (request.dryRun) {
      if (request.refresh) report("compares with Git");
      const compared = request.refresh ? await refresh(application, live, argocd, signal) : application;
      return ended(task, await foreseeSync(compared ?? application, argocd, region, clock.now(), signal), emit);
    }
    const note = (text: string): void => emit({ type: "note", level: "warn", text });
    const { name, commands } = region;
    const options = { ...request, region: name, commands, clock, report, note, signal };
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
