import type { Context } from "../../context.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { takeDown } from "../../../sandbox/src/down.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import type { SandboxDownInput } from "./down.ts";

export interface SandboxDown {
  readonly kind: "SandboxDown";
  readonly name: string;
  /** False if there was no sandbox of that name. */
  readonly existed: boolean;
  readonly endedPids: readonly number[];
}

export async function run(input: SandboxDownInput, context: Context): Promise<Outcome<SandboxDown>> {
  const name = requireName(input.name);
  const { existed, endedPids } = await takeDown(name, context);
  return { exit: exit.ok, document: { kind: "SandboxDown", name, existed, endedPids } };
}

export function present({ name, existed, endedPids }: SandboxDown): string {
  if (!existed) return `There is no sandbox named ${name}; nothing to do.`;
  return `Removed sandbox ${name}: stopped ${endedPids.length} processes and deleted its files.`;
}
