import type { Paint, TextView, Tone } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import type { HealthStatus, SyncStatus } from "../k8s/argocd/port.ts";
import type { ApplicationList, ListedApplication } from "./application-list.ts";
import type { ApplicationTree } from "./application-tree.ts";
import type { TreeNode } from "./tree-node.ts";

const healthTones: Readonly<Record<HealthStatus, Tone>> = {
  Healthy: "good",
  Suspended: "warn",
  Progressing: "warn",
  Missing: "bad",
  Degraded: "bad",
  Unknown: "unknown",
};
const syncTones: Readonly<Record<SyncStatus, Tone>> = { Synced: "good", OutOfSync: "warn", Unknown: "unknown" };

/** Rows of cells; the first is the header. */
export function applicationRows(
  { items, generatedAt }: ApplicationList,
  { paint, wide }: TextView,
): readonly (readonly string[])[] {
  const several = new Set(items.map(({ region }) => region)).size > 1;
  const noted = items.some((item) => notesOf(item, wide).length > 0);
  const head = [
    ...(several ? ["REGION"] : []),
    "NAME",
    "SYNC",
    "HEALTH",
    "OPERATION",
    "REVISION",
    "POLICY",
    "COMPARED",
    ...(wide ? ["PROJECT", "INTO", "MESSAGE"] : []),
    ...(noted ? ["NOTES"] : []),
  ];
  const now = Date.parse(generatedAt);
  const rows = items.map((item) => [
    ...(several ? [item.region] : []),
    paint("strong", item.name),
    ...stateCells(item, paint),
    item.operation === undefined ? "-" : operationCell(item.operation, now),
    item.revisions.map((revision) => (wide ? revision : revision.slice(0, 7))).join(" ") || "-",
    item.automated ? "automated" : "manual",
    item.comparedAt === undefined ? "never" : wide ? item.comparedAt : `${age(item.comparedAt, now)} ago`,
    ...(wide ? [item.project, item.destination, item.operation?.message ?? ""] : []),
    ...(noted ? [paint("warn", notesOf(item, wide).join("; "))] : []),
  ]);
  return [head.map((cell) => paint("dim", cell)), ...rows];
}

function age(time: string, now: number): string {
  return formatDuration(Math.max(now - Date.parse(time), 0));
}

/** The age of an operation is shown while it runs; after its end, it is no news. */
function operationCell({ phase, by, startedAt }: NonNullable<ListedApplication["operation"]>, now: number): string {
  const runs = phase === "Running" || phase === "Terminating";
  return `${phase} (${by})${runs && startedAt !== undefined ? ` ${age(startedAt, now)}` : ""}`;
}

type Noted = Pick<ListedApplication, "paused" | "deletingSince" | "conditions" | "sync" | "health">;

/** The state of a paused or deleted Application is shown without its colour. */
function stateCells(item: Noted, paint: Paint): string[] {
  const isOld = item.paused || item.deletingSince !== undefined;
  const tone = (own: Tone): Tone => (isOld ? "unknown" : own);
  return [paint(tone(syncTones[item.sync]), item.sync), paint(tone(healthTones[item.health]), item.health)];
}

const longest = 80;

function notesOf({ paused, deletingSince, conditions }: Noted, wide: boolean): readonly string[] {
  const told = conditions.map(({ type, message }) => `${type}: ${message.replaceAll(/\s+/g, " ")}`);
  return [
    ...(deletingSince === undefined ? [] : [`deleting since ${deletingSince}`]),
    ...(paused ? ["paused (skip-reconcile)"] : []),
    ...told.map((text) => (wide || text.length <= longest ? text : `${text.slice(0, longest - 1)}…`)),
  ];
}

/** Returns the trees of all regions that have the Application, as lines. */
export function treeLines({ name, items }: ApplicationTree, { paint, wide }: TextView): string[] {
  return items.flatMap(({ region, resources, ...item }) => [
    `${paint("strong", `${region}: ${name}`)} ${stateCells(item, paint).join(" ")}`,
    ...notesOf(item, wide).map((note) => `  ${paint("warn", note)}`),
    ...(item.paused
      ? [`  ${paint("dim", item.comparedAt === undefined ? "never compared" : `compared at ${item.comparedAt}`)}`]
      : []),
    ...branches(resources, "", paint),
  ]);
}

function branches(nodes: readonly TreeNode[], indent: string, paint: Paint): string[] {
  return nodes.flatMap((node, at) => {
    const last = at === nodes.length - 1;
    const says = [
      `${node.kind} ${node.name}`,
      state(compared(node), paint),
      ...(node.hook === undefined ? [] : [node.hook === "unknown" ? "hook" : `hook (${node.hook})`]),
      ...(node.requiresPruning === true ? [paint("warn", "no longer in Git")] : []),
      ...(node.missing === true ? [paint("bad", "missing")] : []),
      ...(node.message === undefined ? [] : [paint("dim", node.message)]),
    ];
    return [
      `${indent}${paint("dim", last ? "└─" : "├─")} ${says.filter((part) => part !== "").join("  ")}`,
      ...branches(node.children, `${indent}${last ? "   " : `${paint("dim", "│")}  `}`, paint),
    ];
  });
}

/** A hook is not compared: out of sync means nothing. */
function compared({ hook, sync, health }: TreeNode): Pick<TreeNode, "sync" | "health"> {
  return {
    ...(sync === undefined || hook !== undefined ? {} : { sync }),
    ...(health === undefined ? {} : { health }),
  };
}

function state({ sync, health }: Pick<TreeNode, "sync" | "health">, paint: Paint): string {
  const parts = [
    ...(sync === undefined ? [] : [paint(syncTones[sync], sync)]),
    ...(health === undefined ? [] : [paint(healthTones[health], health)]),
  ];
  return parts.join(" ");
}
