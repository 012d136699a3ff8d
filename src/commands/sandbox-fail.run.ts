import type { Context } from "../context.ts";
import type { TextView } from "../core/command.ts";
import { exit } from "../core/exit.ts";
import type { Outcome } from "../core/outcome.ts";
import { fail, type Faults } from "../sandbox/faults/fail.ts";
import { parseFault } from "../sandbox/faults/targets.ts";
import { requireName } from "../sandbox/names.ts";
import type { SandboxFailInput } from "./sandbox-fail.ts";

export interface SandboxFaults extends Faults {
  readonly kind: "SandboxFaults";
  readonly name: string;
}

export async function run(input: SandboxFailInput, context: Context): Promise<Outcome<SandboxFaults>> {
  const name = requireName(input.name);
  const faults = await fail(name, parseFault(input.what, input.target, context.options.region), context);
  return { exit: exit.ok, document: { kind: "SandboxFaults", name, ...faults } };
}

export function present({ changed, failed }: SandboxFaults, { paint }: TextView): string {
  return [
    ...changed.map((id) =>
      failed.includes(id) ? `${paint("bad", "✖")} ${id} is down` : `${paint("good", "✔")} ${id} is ready`,
    ),
    ...failed.filter((id) => !changed.includes(id)).map((id) => paint("dim", `  ${id} is still down on purpose`)),
  ].join("\n");
}
