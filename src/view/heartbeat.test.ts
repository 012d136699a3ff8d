import { describe, expect, it } from "vitest";
import type { Event } from "../core/event.ts";
import { type Timer, withHeartbeat } from "./heartbeat.ts";

function trial() {
  const shown: Event[] = [];
  const beats: (() => void)[] = [];
  const timer: Timer = (beat) => {
    beats.push(beat);
    return () => void beats.splice(beats.indexOf(beat), 1);
  };
  const display = withHeartbeat({ emit: (event) => void shown.push(event), close: async () => undefined }, timer);
  /** Lets one interval pass; returns what was shown by it. */
  const pass = (): readonly Event[] => {
    const before = shown.length;
    for (const beat of beats) beat();
    return shown.slice(before);
  };
  return { display, shown, beats, pass };
}

const running = (id: string, detail: string): Event => ({ type: "task", id, state: "running", detail });

describe("the heartbeat of a task", () => {
  it("A running task that is silent for two intervals is shown again", () => {
    const { display, pass } = trial();
    display.emit(running("eu/cluster", "CREATING"));
    expect(pass()).toEqual([]);
    expect(pass()).toEqual([running("eu/cluster", "CREATING")]);
    expect(pass()).toEqual([running("eu/cluster", "CREATING")]);
  });

  it("A task that reports by itself is not repeated", () => {
    const { display, pass } = trial();
    for (const detail of ["CREATING, 0ms", "CREATING, 15s", "CREATING, 30s"]) {
      display.emit(running("eu/cluster", detail));
      expect(pass()).toEqual([]);
    }
  });

  it("The heartbeat ends with the last running task, and begins again with the next", async () => {
    const { beats, display } = trial();
    display.emit(running("a", "x"));
    display.emit(running("b", "x"));
    expect(beats).toHaveLength(1);
    display.emit({ type: "task", id: "a", state: "done" });
    display.emit({ type: "task", id: "b", state: "failed" });
    expect(beats).toHaveLength(0);
    display.emit(running("c", "x"));
    expect(beats).toHaveLength(1);
    await display.close();
    expect(beats).toHaveLength(0);
  });
});
