import { formatDuration } from "../../src/core/duration.ts";
import type { Setting } from "./setting.ts";

/** Does a piece of work as a task of the progress display: `detail` says how far it is, `summary` what came out. */
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

/** How often work that takes minutes says how far it is. */
const reportMs = 5_000;

/** Says how far something is, but not with every step of it. */
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
