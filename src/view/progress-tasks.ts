import { DefaultRenderer, Listr, ListrLogger, ProcessOutput } from "listr2";
import { formatDuration } from "../core/duration.ts";
import type { Event } from "../core/event.ts";
import type { Host } from "../host/host.ts";
import type { Progress } from "./renderer.ts";

/** Listr asks whether stdout is a terminal; ours draws on stderr, which was asked before this file was loaded. */
class StderrRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

interface Row {
  readonly title: string;
  readonly ended: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  show?: (text: string) => void;
  skip?: (text: string) => void;
}

/** A live list of tasks on a terminal. It only observes: each row waits for the event that ends it. */
export function taskProgress(host: Host): Progress {
  const rows = new Map<string, Row>();
  const stream = host.stderr.stream as NodeJS.WriteStream;
  let display: Promise<unknown> = Promise.resolve();

  const begin = (tasks: readonly { readonly id: string; readonly title: string }[]): void => {
    for (const task of tasks) rows.set(task.id, row(task.title));
    const list = new Listr(
      [...rows.values()].map((row) => ({
        title: row.title,
        task: async (_context, task) => {
          row.show = (text) => void (task.output = text);
          row.skip = (text) => void task.skip(text);
          await row.ended;
        },
      })),
      {
        concurrent: true,
        exitOnError: false,
        registerSignalListeners: false,
        renderer: StderrRenderer,
        rendererOptions: {
          logger: new ListrLogger({ processOutput: new ProcessOutput(stream, stream) }),
          collapseErrors: false,
          collapseSkips: true,
        },
      },
    );
    display = list.run().catch(() => undefined);
  };

  const emit = (event: Event): void => {
    if (event.type === "tasks") return begin(event.tasks);
    if (event.type === "note") return;
    const row = rows.get(event.id);
    if (row === undefined) return;
    const time = event.durationMs === undefined ? "" : ` (${formatDuration(event.durationMs)})`;
    if (event.state === "running") row.show?.(event.detail ?? "");
    else if (event.state === "failed") row.reject(new Error(event.detail ?? "failed"));
    else {
      if (event.state === "skipped") row.skip?.(`${row.title}: ${event.detail ?? "nothing to do"}`);
      else row.show?.(`${event.detail ?? ""}${time}`);
      row.resolve();
    }
  };

  return {
    emit,
    close: async () => {
      for (const each of rows.values()) each.resolve();
      await display;
    },
  };
}

function row(title: string): Row {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const ended = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { title, ended, resolve, reject };
}
