import type { Context } from "../../context.ts";
import type { RegionStateSettings } from "../../region/state/region-leases.ts";
import { stateNote } from "../../region/state/region-state.ts";
import { journalOf } from "../../region/world.ts";

/** Returns where a run of regions keeps its journal and leases. */
export async function stateSettings(context: Context): Promise<RegionStateSettings> {
  const { host, signal, emit } = context;
  return {
    local: await context.journals(),
    name: journalOf(await context.platform()),
    holder: { user: host.user(), process: process.pid },
    clock: host.clock,
    signal,
    emit,
  };
}

/** Reports where the journal is, if no other machine can see it. */
export async function reportState({ platform, emit }: Pick<Context, "platform" | "emit">): Promise<void> {
  const text = stateNote(await platform());
  if (text !== undefined) emit({ type: "note", level: "info", text });
}
