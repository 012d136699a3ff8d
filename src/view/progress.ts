import type { Emit } from "../core/event.ts";

export interface ProgressDisplay {
  readonly emit: Emit;
  /** `goesOn`: the work continues, and only the display ends. */
  close(goesOn?: boolean): Promise<void>;
}
