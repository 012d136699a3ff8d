import type { Event } from "../core/event.ts";
import type { ProgressDisplay } from "./progress.ts";

/** Calls `beat` regularly, and returns what ends that. */
export type Timer = (beat: () => void, everyMs: number) => () => void;

const everyMs = 15_000;

/** A timer that does not keep the process alive. */
export const intervals: Timer = (beat, ms) => {
  const interval = setInterval(beat, ms).unref();
  return () => clearInterval(interval);
};

/**
 * Repeats the last event of a task that is running and silent, so that there is one at least every 30 seconds: a program
 * that reads the events can tell a long wait from a process that hangs.
 */
export function withHeartbeat(display: ProgressDisplay, timer: Timer): ProgressDisplay {
  const running = new Map<string, Event>();
  const silent = new Set<string>();
  let end: (() => void) | undefined;
  const stop = (): void => {
    end?.();
    end = undefined;
  };
  const beat = (): void => {
    for (const [id, event] of running) {
      if (silent.has(id)) display.emit(event);
      silent.add(id);
    }
  };
  return {
    emit: (event) => {
      if (event.type === "task") {
        silent.delete(event.id);
        if (event.state === "running") running.set(event.id, event);
        else running.delete(event.id);
        if (running.size === 0) stop();
        else end ??= timer(beat, everyMs);
      }
      display.emit(event);
    },
    close: async (goesOn) => {
      stop();
      await display.close(goesOn);
    },
  };
}
