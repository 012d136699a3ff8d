import type { Paint, TextView, Tone } from "../core/command.ts";
import type { HealthStatus, SyncStatus } from "../k8s/argocd/port.ts";
import type { ApplicationList } from "./application-list.ts";
import type { ApplicationTree, TreeNode } from "./application-tree.ts";

const healthTones: Readonly<Record<HealthStatus, Tone>> = {
  Healthy: "good",
  Suspended: "warn",
  Progressing: "warn",
  Missing: "bad",
  Degraded: "bad",
  Unknown: "unknown",
};
const syncTones: Readonly<Record<SyncStatus, Tone>> = { Synced: "good", OutOfSync: "warn", Unknown: "unknown" };

/** Rows of cells, the first one the head. */
export function applicationRows({ items }: ApplicationList, { paint, wide }: TextView): readonly (readonly string[])[] {
  const several = new Set(items.map(({ region }) => region)).size > 1;
  const head = [
    ...(several ? ["REGION"] : []),
    "NAME",
    "SYNC",
    "HEALTH",
    "OPERATION",
    "REVISION",
    "POLICY",
    ...(wide ? ["PROJECT", "INTO", "COMPARED AT", "MESSAGE"] : []),
  ];
  const rows = items.map((item) => [
    ...(several ? [item.region] : []),
    paint("strong", item.name),
    paint(syncTones[item.sync], item.sync),
    paint(healthTones[item.health], item.health),
    item.operation === undefined ? "-" : `${item.operation.phase} (${item.operation.by})`,
    item.revisions.map((revision) => (wide ? revision : revision.slice(0, 7))).join(" ") || "-",
    item.automated ? "automated" : "manual",
    ...(wide ? [item.project, item.destination, item.comparedAt ?? "-", item.operation?.message ?? ""] : []),
  ]);
  return [head.map((cell) => paint("dim", cell)), ...rows];
}

/** The trees of all regions that have the Application, as lines. */
export function treeLines({ name, items }: ApplicationTree, { paint }: TextView): string[] {
  return items.flatMap(({ region, sync, health, resources }) => [
    `${paint("strong", `${region}: ${name}`)} ${state({ sync, health }, paint)}`,
    ...branches(resources, "", paint),
  ]);
}

function branches(nodes: readonly TreeNode[], indent: string, paint: Paint): string[] {
  return nodes.flatMap((node, at) => {
    const last = at === nodes.length - 1;
    const says = [
      `${node.kind} ${node.name}`,
      state(node, paint),
      ...(node.requiresPruning === true ? [paint("warn", "no longer in Git")] : []),
      ...(node.message === undefined ? [] : [paint("dim", node.message)]),
    ];
    return [
      `${indent}${paint("dim", last ? "└─" : "├─")} ${says.filter((part) => part !== "").join("  ")}`,
      ...branches(node.children, `${indent}${last ? "   " : `${paint("dim", "│")}  `}`, paint),
    ];
  });
}

function state({ sync, health }: Pick<TreeNode, "sync" | "health">, paint: Paint): string {
  const parts = [
    ...(sync === undefined ? [] : [paint(syncTones[sync], sync)]),
    ...(health === undefined ? [] : [paint(healthTones[health], health)]),
  ];
  return parts.join(" ");
}
