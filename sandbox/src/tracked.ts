import { formatDuration } from "../../src/core/duration.ts";
import type { Setting } from "./setting.ts";

/** Runs work as a task of the progress display: `detail` reports the progress, `summary` the result. */
export async function tracked<T>(
  id: string,
  { emit, host, signal }: Setting,
  work: (detail: (text: string) => void) => Promise<T>,
  summary?: (result: T) => string,
): Promise<T> {
  const begun = host.clock.now();
  const elapsed = (): number => host.clock.now() - begun;
  emit({ type: "task", id, state: "running" });
  try {
    const result = await work((detail) => emit({ type: "task", id, state: "running", detail }));
    const detail = summary === undefined ? {} : { detail: summary(result) };
    emit({ type: "task", id, state: "done", durationMs: elapsed(), ...detail });
    return result;
  } catch (error) {
    const detail = signal.aborted ? "stopped" : (String((error as Error).message).split("\n")[0] ?? "");
    emit({ type: "task", id, state: "failed", durationMs: elapsed(), detail });
    throw error;
  }
}

/** How often long-running work reports its progress. */
const reportMs = 5_000;

/** Returns a function that reports progress, but not every step. */
export function paced(
  { host }: Setting,
  detail: (text: string) => void,
  text: (elapsed: string) => string,
): () => void {
  const begun = host.clock.now();
  let last = begun;
  return () => {
    const now = host.clock.now();
    if (now - last < reportMs) return;
    last = now;
    detail(text(formatDuration(now - begun)));
  };
}
