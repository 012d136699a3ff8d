import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { formatDuration } from "../../core/duration.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import { podUsage, type PodUsage } from "../../../sandbox/src/pods/usage.ts";
import { componentStatuses, type ComponentStatus, requireState } from "../../../sandbox/src/status.ts";
import type { SandboxStatusInput } from "./status.ts";

export interface SandboxStatus {
  readonly kind: "SandboxStatus";
  readonly name: string;
  readonly profile: "core" | "full";
  /** True if the platform's components are left to `gennet region bootstrap`. */
  readonly bare: boolean;
  readonly healthy: boolean;
  /** The ids of the components, and of the parts that run as pods, that are down on purpose. */
  readonly failed: readonly string[];
  readonly items: readonly ComponentStatus[];
  /** The real pods of each region with registered images; see `gennet sandbox image`. */
  readonly realPods: readonly PodUsage[];
}

export async function run(input: SandboxStatusInput, context: Context): Promise<Outcome<SandboxStatus>> {
  const name = requireName(input.name);
  const sandbox = await requireState(name, context);
  const items = await componentStatuses(sandbox, context);
  const realPods = await podUsage(sandbox.state, sandbox.folder);
  const { profile, bare = false, failed = [] } = sandbox.state;
  const healthy = failed.length === 0 && items.every((item) => item.state === "running");
  return {
    exit: healthy ? exit.ok : exit.unhealthy,
    document: { kind: "SandboxStatus", name, profile, bare, healthy, failed, items, realPods },
  };
}

const tones = { running: "good", unready: "warn", stopped: "bad", failed: "bad" } as const;
const words = { running: "running", unready: "unready", stopped: "stopped", failed: "failure injected" } as const;

export function present(document: SandboxStatus, { paint, wide }: TextView): string {
  const rows = document.items.map((item) => [
    item.awsRegion ?? "all",
    item.component,
    words[item.state],
    item.pid === undefined ? "-" : String(item.pid),
    String(item.port),
    item.residentBytes === undefined ? "-" : `${Math.round(item.residentBytes / 2 ** 20)} MiB`,
    item.uptimeMs === undefined ? "-" : formatDuration(item.uptimeMs),
    ...(wide ? [item.log] : []),
  ]);
  const head = ["REGION", "COMPONENT", "STATE", "PID", "PORT", "MEMORY", "UP FOR", ...(wide ? ["LOG"] : [])];
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  const lines = rows.map((row, at) => {
    const state = document.items[at]?.state ?? "stopped";
    return line(row).replace(words[state], paint(tones[state], words[state]));
  });
  const total = [...document.items, ...document.realPods].reduce((sum, each) => sum + (each.residentBytes ?? 0), 0);
  const pods = document.realPods.map(
    ({ awsRegion, pods: count, residentBytes }) =>
      `${awsRegion}: ${count} real ${count === 1 ? "pod" : "pods"}, ${Math.round(residentBytes / 2 ** 20)} MiB`,
  );
  const listed = document.items.map(({ awsRegion, component }) => [awsRegion ?? [], component].flat().join("/"));
  const failed = document.failed
    .filter((id) => !listed.includes(id))
    .map((id) => paint("bad", `${id}: failure injected`));
  const closing = document.healthy
    ? `Sandbox ${document.name} is up, ${Math.round(total / 2 ** 20)} MiB resident.`
    : `Sandbox ${document.name} is incomplete: gennet sandbox up${document.name === "default" ? "" : ` --name ${document.name}`} starts what is not running.`;
  return [paint("dim", line(head)), ...lines, "", ...pods, ...failed, closing].join("\n");
}
