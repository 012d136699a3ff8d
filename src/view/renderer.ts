import type { TextView } from "../core/command.ts";
import type { Emit } from "../core/event.ts";
import type { GlobalOptions } from "../core/global-flags.ts";
import { type Document, envelope } from "../core/outcome.ts";
import type { Host } from "../host/host.ts";
import { painter } from "./paint.ts";
import { lineProgress } from "./progress-lines.ts";

/** The one writer to the terminal: events go to stderr as progress, the answer goes to stdout. */
export interface Renderer {
  readonly emit: Emit;
  answer<D extends Document>(document: D, present: (document: D, view: TextView) => string): Promise<void>;
  /** Ends a live display; the answer or an error follows. */
  close(): Promise<void>;
}

export interface Progress {
  readonly emit: Emit;
  close(): Promise<void>;
}

export function createRenderer(host: Host, options: GlobalOptions): Renderer {
  const progress = chooseProgress(host, options);
  return {
    emit: progress.emit,
    close: progress.close,
    async answer(document, present) {
      await progress.close();
      host.stdout.write(await serialise(document, present, host, options));
    },
  };
}

function chooseProgress(host: Host, options: GlobalOptions): Progress {
  if (options.output === "ndjson") {
    return {
      emit: (event) => {
        if (event.type === "note" && event.level === "debug" && !options.verbose) return;
        host.stdout.write(`${JSON.stringify(envelope({ kind: "Event", ...event }))}\n`);
      },
      close: async () => undefined,
    };
  }
  if (options.quiet) return { emit: () => undefined, close: async () => undefined };
  const live = host.stderr.isTTY && !host.env["CI"] && host.env["TERM"] !== "dumb" && !options.verbose;
  return live ? liveProgress(host) : lineProgress(host, options.verbose);
}

/** The live display is loaded with the first task: most commands answer before there is anything to show. */
function liveProgress(host: Host): Progress {
  let display: Promise<Progress> | undefined;
  const lines = lineProgress(host, false);
  return {
    emit: (event) => {
      if (event.type === "tasks") {
        const previous = display;
        display = (async () => {
          await (await previous)?.close();
          return (await import("./progress-tasks.ts")).taskProgress(host);
        })();
      }
      if (display === undefined) lines.emit(event);
      else void display.then((progress) => progress.emit(event));
    },
    close: async () => {
      await (await display)?.close();
    },
  };
}

async function serialise<D extends Document>(
  document: D,
  present: (document: D, view: TextView) => string,
  host: Host,
  options: GlobalOptions,
): Promise<string> {
  switch (options.output) {
    case "json":
      return `${JSON.stringify(envelope(document), null, 2)}\n`;
    case "ndjson":
      return `${JSON.stringify(envelope(document))}\n`;
    case "yaml":
      return (await import("yaml")).stringify(envelope(document));
    case "table":
    case "wide": {
      const text = present(document, {
        wide: options.output === "wide",
        columns: host.stdout.columns,
        paint: painter(host.stdout.isTTY, host.env),
      });
      return text === "" || text.endsWith("\n") ? text : `${text}\n`;
    }
  }
}
