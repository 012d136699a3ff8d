import type { Context } from "../context.ts";
import { exit } from "../core/exit.ts";
import type { Outcome } from "../core/outcome.ts";
import { heal } from "../sandbox/faults/heal.ts";
import { parseFault } from "../sandbox/faults/targets.ts";
import { requireName } from "../sandbox/names.ts";
import type { SandboxFaults } from "./sandbox-fail.run.ts";
import type { SandboxFailInput } from "./sandbox-fail.ts";

export { present } from "./sandbox-fail.run.ts";

export async function run(input: SandboxFailInput, context: Context): Promise<Outcome<SandboxFaults>> {
  const name = requireName(input.name);
  const faults = await heal(name, parseFault(input.what, input.target, context.options.region), context);
  return { exit: exit.ok, document: { kind: "SandboxFaults", name, ...faults } };
}
