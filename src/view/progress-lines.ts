import { formatDuration } from "../core/duration.ts";
import type { Event, TaskState } from "../core/event.ts";
import type { Host } from "../host/host.ts";
import { painter } from "./paint.ts";
import type { ProgressDisplay } from "./progress.ts";
import { oneLine } from "../core/visible.ts";

const marks: Record<TaskState, string> = { running: "…", done: "✔", skipped: "-", failed: "✖" };

/** Shows one line per event: for logs, pipes and CI. */
export function lineProgress(host: Pick<Host, "stderr" | "env">, verbose: boolean): ProgressDisplay {
  const titles = new Map<string, string>();
  const paint = painter(host.stderr.isTTY, host.env);
  const emit = (event: Event): void => {
    if (event.type === "tasks") {
      for (const task of event.tasks) titles.set(task.id, task.title);
    } else if (event.type === "task") {
      const time = event.durationMs === undefined ? "" : paint("dim", ` (${formatDuration(event.durationMs)})`);
      const detail = event.detail === undefined ? "" : `: ${event.detail}`;
      const what = oneLine(`${titles.get(event.id) ?? event.id}${detail}`);
      host.stderr.write(`${marks[event.state]} ${what}${time}\n`);
    } else if (event.level !== "debug" || verbose) {
      const text = oneLine(event.text);
      const prefix = event.level === "warn" ? `${paint("warn", "warning:")} ` : "";
      host.stderr.write(`${prefix}${event.level === "debug" ? paint("dim", text) : text}\n`);
    }
  };
  return { emit, close: async () => undefined };
}
