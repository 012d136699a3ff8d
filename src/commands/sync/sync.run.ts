import { randomUUID } from "node:crypto";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import type { Outcome } from "../../core/outcome.ts";
import { assertClear } from "../../gitops/select-applications.ts";
import { exitOfSync, type SyncReport } from "../../gitops/sync-report.ts";
import { syncRegions } from "../../gitops/sync-regions.ts";
import { syncText } from "../../gitops/sync-text.ts";
import { regionFindingLines } from "../../view/region-findings.ts";
import { table } from "../../view/table.ts";
import { applicationNamespace, gitopsRegions } from "../app/regions.run.ts";
import { onOwnClusters } from "../own-clusters.run.ts";
import type { SyncInput } from "./sync.ts";

const patienceMs = 15 * 60_000;

export async function run(input: SyncInput, context: Context): Promise<Outcome<SyncReport>> {
  const { all, selector, apps, settle, ...how } = input;
  const selection = { names: apps, all, selector, namespace: applicationNamespace(context) };
  assertClear(selection);
  const limit = new AbortController();
  const timer =
    context.options.timeout === undefined ? setTimeout(() => limit.abort(tooLong()), patienceMs) : undefined;
  try {
    const signal = AbortSignal.any([context.signal, limit.signal]);
    const setting = { clock: context.host.clock, emit: context.emit, signal };
    const request = { ...how, settleMs: settle, selection, id: randomUUID() };
    const document = await syncRegions(await gitopsRegions(onOwnClusters(context)), request, setting);
    return { exit: exitOfSync(document), document };
  } finally {
    clearTimeout(timer);
  }
}

function tooLong(): AppError {
  return new AppError("TIMED_OUT", `Not finished within ${formatDuration(patienceMs)}.`, {
    next: ["Run the same command again, with a longer --timeout."],
  });
}

export function present(report: SyncReport, view: TextView): string {
  const { head, rows, next, closing } = syncText(report, view);
  const regions = [...new Set(report.findings.map(({ region = "" }) => region))];
  const findings = regionFindingLines(regions, report.findings, view);
  return [
    ...(rows.length === 0 ? [] : [table(head, rows, view)]),
    ...(next.length === 0 ? [] : ["", ...next]),
    ...findings,
    "",
    closing,
  ].join("\n");
}
