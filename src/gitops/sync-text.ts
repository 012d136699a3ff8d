import type { TextView, Tone } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import { listed } from "../core/enumerate.ts";
import { exit } from "../core/exit.ts";
import { type SyncReport, type SyncOutcome, type SyncedApplication, exitOfOutcome } from "./sync-report.ts";

const words: Readonly<Partial<Record<SyncOutcome, string>>> = { pending: "out of sync", unchanged: "in sync" };

/** Returns the report as rows of a table, and a final line that counts the outcomes. */
export function syncText(report: SyncReport, view: TextView) {
  const several = new Set(report.items.map(({ region }) => region)).size > 1;
  const { paint } = view;
  const head = [
    ...(several ? ["REGION"] : []),
    "APPLICATION",
    "OUTCOME",
    "SYNC",
    "HEALTH",
    "REVISION",
    "TIME",
    "MESSAGE",
  ];
  const rows = report.items.map((item) => [
    ...(several ? [item.region] : []),
    paint("strong", item.name),
    paint(toneOf(item.outcome), words[item.outcome] ?? item.outcome),
    item.sync,
    item.health,
    item.revisions.map((revision) => (view.wide ? revision : revision.slice(0, 7))).join(" ") || "-",
    formatDuration(item.durationMs),
    messageOf(item, view),
  ]);
  return {
    head: head.map((cell) => paint("dim", cell)),
    rows,
    next: nextOf(report, several, view),
    closing: closingOf(report),
  };
}

/** Returns the next steps for outcomes other than success, once for all Applications that share them. */
function nextOf({ items }: SyncReport, several: boolean, { paint }: TextView): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const { region, name, next } of items) {
    for (const command of next)
      groups.set(command, [...(groups.get(command) ?? []), several ? `${region}/${name}` : name]);
  }
  return [...groups].flatMap(([command, names]) => [
    paint("dim", `${listed(names)}:`),
    `  ${paint("strong", "→")} ${command}`,
  ]);
}

function messageOf({ message, behind, queuedMs, retries }: SyncedApplication, { wide }: TextView): string {
  const queued = behind === undefined ? "" : `waited ${formatDuration(queuedMs)} behind ${behind}`;
  const retried = retries === 0 ? "" : `retried ${retries === 1 ? "once" : `${retries} times`}`;
  const said = [message, queued, retried].filter((part) => part !== "").join("; ");
  return wide || said.length <= 160 ? said : `${said.slice(0, 159)}…`;
}

function toneOf(outcome: SyncOutcome): Tone {
  if (outcome === "unknown" || outcome === "timed-out") return "unknown";
  if (outcome === "pending" || outcome === "skipped" || outcome === "blocked") return "warn";
  return exitOfOutcome[outcome] === exit.ok ? "good" : "bad";
}

function closingOf({ items }: SyncReport): string {
  if (items.length === 0) return "No application was synced.";
  const counts = new Map<SyncOutcome, number>();
  for (const { outcome } of items) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return [...counts].map(([outcome, count]) => `${count} ${words[outcome] ?? outcome}`).join(", ");
}
