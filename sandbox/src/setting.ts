import type { Emit } from "../../src/core/event.ts";
import type { Host } from "../../src/host/host.ts";

/** What the sandbox needs of the command that works on it. */
export interface Setting {
  readonly host: Pick<Host, "env" | "home" | "clock">;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}
