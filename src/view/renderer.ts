import type { ProgressDisplay } from "./progress.ts";
import type { Preview, TextView } from "../core/command.ts";
import type { Emit, Event } from "../core/event.ts";
import type { GlobalOptions } from "../core/global-flags.ts";
import { type Document, envelope } from "../core/outcome.ts";
import type { Host, Terminal } from "../host/host.ts";
import { intervals, withHeartbeat } from "./heartbeat.ts";
import { isForLog, painter } from "./paint.ts";
import { lineProgress } from "./progress-lines.ts";
import { visible, visibleIn } from "../core/visible.ts";

/** The only writer to the terminal: events are shown on stderr as progress, the answer on stdout. */
export interface Renderer {
  readonly emit: Emit;
  /** Shows the planned changes on stderr, even with --quiet, because a confirmation prompt follows. */
  readonly preview: Preview;
  /** Ends a live display to ask a question during the work. Later events are shown line by line. */
  suspend(): Promise<void>;
  answer<D extends Document>(document: D, present: (document: D, view: TextView) => string): Promise<void>;
  /** Ends a live display before the answer or an error. */
  close(): Promise<void>;
}

export function createRenderer(host: Pick<Host, "stdout" | "stderr" | "env">, options: GlobalOptions): Renderer {
  const progress = chooseProgress(host, options);
  return {
    emit: (event) => progress.emit(event),
    suspend: () => progress.close(true),
    close: () => progress.close(),
    preview: (document, present) => host.stderr.write(shown(document, present, host.stderr, host.env, false)),
    async answer(document, present) {
      await progress.close();
      host.stdout.write(await serialise(document, present, host, options));
    },
  };
}

function chooseProgress(host: Pick<Host, "stdout" | "stderr" | "env">, options: GlobalOptions): ProgressDisplay {
  if (options.output === "ndjson") {
    const display: ProgressDisplay = {
      emit: (event) => {
        if (event.type === "note" && event.level === "debug" && !options.verbose) return;
        host.stdout.write(`${visible(JSON.stringify(envelope(toDocument(event))))}\n`);
      },
      close: async () => undefined,
    };
    return withHeartbeat(display, intervals);
  }
  if (options.quiet) return { emit: () => undefined, close: async () => undefined };
  const live = host.stderr.isTTY && !options.verbose && !isForLog(host.env);
  return live ? liveProgress(host) : lineProgress(host, options.verbose);
}

/** Writes a line of `-o ndjson` before the answer. */
export type EventDocument = { readonly kind: "Event" } & Event;

function toDocument(event: Event): EventDocument {
  return { kind: "Event", ...event };
}

/** The live display is loaded with the first task, because most commands answer before there is anything to show. */
function liveProgress(host: Pick<Host, "stderr" | "env">): ProgressDisplay {
  const lines = lineProgress(host, false);
  let shown: Promise<ProgressDisplay> | undefined;
  const live = async (): Promise<ProgressDisplay> => (await import("./progress-tasks.ts")).taskProgress(host);
  return {
    emit: (event) => {
      if (event.type === "tasks") shown ??= live();
      if (shown === undefined) lines.emit(event);
      else void shown.then((progress) => progress.emit(event));
    },
    close: async (goesOn) => {
      await (await shown)?.close(goesOn);
      shown = undefined;
    },
  };
}

async function serialise<D extends Document>(
  document: D,
  present: (document: D, view: TextView) => string,
  host: Pick<Host, "stdout" | "env">,
  options: GlobalOptions,
): Promise<string> {
  switch (options.output) {
    case "json":
      return `${visible(JSON.stringify(envelope(document), null, 2))}\n`;
    case "ndjson":
      return `${visible(JSON.stringify(envelope(document)))}\n`;
    case "yaml":
      return (await import("./yaml.ts")).yamlText(envelope(document));
    case "table":
    case "wide":
      return shown(document, present, host.stdout, host.env, options.output === "wide");
  }
}

function shown<D extends Document>(
  document: D,
  present: (document: D, view: TextView) => string,
  { columns, isTTY }: Terminal,
  env: Host["env"],
  wide: boolean,
): string {
  // Only a terminal has a width to fit, and -o wide shows everything.
  const room = isTTY && !wide ? columns : Infinity;
  const text = present(visibleIn(document), { wide, columns: room, paint: painter(isTTY, env) });
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
