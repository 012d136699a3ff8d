import { DefaultRenderer, Listr, ListrLogger, ListrTaskState, ProcessOutput, type ListrTask } from "listr2";
import { formatDuration } from "../core/duration.ts";
import type { Event, Task } from "../core/event.ts";
import type { Host } from "../host/host.ts";
import { painter } from "./paint.ts";
import type { ProgressDisplay } from "./progress.ts";
import { oneLine } from "../core/visible.ts";

/**
 * Listr tests whether stdout is a terminal, but the list is drawn on stderr, which was tested before loading this file.
 */
class StderrRenderer extends DefaultRenderer {
  static override nonTTY = true;
}

type TaskEvent = Extract<Event, { type: "task" }>;

/** One row of the list, which shows the events it receives. */
interface Row {
  readonly task: ListrTask<unknown, typeof StderrRenderer>;
  show(event: TaskEvent): void;
  /** Ends a row without a final event, because the command was stopped or failed elsewhere. */
  leave(goesOn: boolean): void;
}

/** Shows a live list of tasks on a terminal. It only observes: each row waits for the event that ends it. */
export function taskProgress(host: Pick<Host, "stderr" | "env">): ProgressDisplay {
  const rows = new Map<string, Row>();
  const notes = noteRow();
  const stream = host.stderr.stream as NodeJS.WriteStream;
  const paint = painter(true, host.env);
  let finished: Promise<unknown> = Promise.resolve();

  let further: FurtherRows | undefined;

  const begin = (tasks: readonly Task[]): void => {
    const added = tasks.map(({ id, title }) => {
      const row = taskRow(oneLine(title));
      rows.set(id, row);
      return row.task;
    });
    const place = furtherRows();
    if (further === undefined) {
      const list = new Listr([...added, place.task, notes.task], {
        ...together,
        registerSignalListeners: false,
        renderer: StderrRenderer,
        rendererOptions: { logger: new ListrLogger({ processOutput: new ProcessOutput(stream, stream) }) },
      });
      finished = list.run().catch(() => undefined);
    } else further.add([...added, place.task]);
    further = place;
  };

  return {
    emit: (event) => {
      if (event.type === "tasks") begin(event.tasks);
      else if (event.type === "task") rows.get(event.id)?.show(event);
      else if (event.level !== "debug") {
        notes.add(event.level === "warn" ? `${paint("warn", "warning:")} ${oneLine(event.text)}` : oneLine(event.text));
      }
    },
    close: async (goesOn = false) => {
      for (const row of rows.values()) row.leave(goesOn);
      further?.end();
      notes.end();
      await finished;
    },
  };
}

const together = { concurrent: true, exitOnError: false } as const;

/** True if more rows may be added, for example for a region that responds late. */
interface FurtherRows extends Pick<Row, "task"> {
  add(tasks: readonly Row["task"][]): void;
  end(): void;
}

function furtherRows(): FurtherRows {
  const known = later<readonly Row["task"][]>();
  return {
    task: {
      task: async (_context, task) => {
        const tasks = await known.promise;
        return tasks.length === 0 ? undefined : task.newListr([...tasks], together);
      },
    },
    add: known.resolve,
    end: () => known.resolve([]),
  };
}

type Shown = Parameters<Row["task"]["task"]>[1];

function taskRow(title: string): Row {
  const begun = later<Shown>();
  const ended = later<void>();
  let told = false;
  const text = (event: TaskEvent): string => {
    const time = event.durationMs === undefined ? "" : ` (${formatDuration(event.durationMs)})`;
    return event.detail === undefined ? `${title}${time}` : `${title}: ${oneLine(event.detail)}${time}`;
  };
  return {
    task: {
      title,
      task: (_context, task) => {
        // Listr starts every row at once; a row without an event is shown as waiting.
        task.task.state$ = ListrTaskState.WAITING;
        begun.resolve(task);
        return ended.promise;
      },
    },
    show: (event) =>
      begun.once((task) => {
        if (!told) task.task.state$ = ListrTaskState.STARTED;
        told = true;
        if (event.state === "failed") ended.reject(new Error(text(event)));
        else if (event.state === "skipped") task.skip(text(event));
        else task.title = text(event);
        if (event.state === "done" || event.state === "skipped") ended.resolve();
      }),
    leave: (goesOn) =>
      begun.once((task) => {
        if (goesOn) task.skip(title);
        else if (told) ended.reject(new Error(`${title}: not finished`));
        else task.skip(`${title}: not started`);
        ended.resolve();
      }),
  };
}

/** Notes are shown below the list, and stay when it ends. */
function noteRow(): Pick<Row, "task"> & { add(text: string): void; end(): void } {
  const begun = later<Shown>();
  const ended = later<void>();
  return {
    task: {
      task: (_context, task) => {
        begun.resolve(task);
        return ended.promise;
      },
      rendererOptions: { bottomBar: Number.POSITIVE_INFINITY, persistentOutput: true },
    },
    add: (text) => begun.once((task) => void (task.output = text)),
    end: () => begun.once(() => ended.resolve()),
  };
}

/** A promise that is settled from outside. `once` callbacks run in order when it settles. */
function later<T>(): {
  promise: Promise<T>;
  once: (work: (value: T) => void) => void;
  resolve: (value: T) => void;
  reject: (error: Error) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  const once = async (work: (value: T) => void): Promise<void> => work(await promise);
  return { promise, resolve, reject, once: (work) => void once(work) };
}
