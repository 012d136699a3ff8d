import type { Context } from "../context.ts";
import type { Arguments, Command, Flags } from "../core/command.ts";
import type { Document } from "../core/outcome.ts";

/** Declares a command. The types of its input follow from its arguments and flags. */
export function declare<A extends Arguments, F extends Flags, D extends Document>(
  command: Command<Context, A, F, D>,
): Command<Context> {
  return command;
}
