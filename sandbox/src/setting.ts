import type { Emit } from "../../src/core/event.ts";
import type { Host } from "../../src/host/host.ts";

/** What the sandbox needs from the command that uses it. */
export interface Setting {
  readonly host: Pick<Host, "env" | "home" | "clock">;
  readonly emit: Emit;
  readonly signal: AbortSignal;
}
