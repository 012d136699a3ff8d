import type { Arguments, Declaration, Flags } from "../core/command.ts";

/** Declares a command; the types of its input follow from its arguments and flags. */
export function declare<A extends Arguments, F extends Flags>(command: Declaration<A, F>): Declaration<A, F> {
  return command;
}
