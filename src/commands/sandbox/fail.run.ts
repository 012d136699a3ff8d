import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { fail, type Faults } from "../../../sandbox/src/faults/fail.ts";
import { failPod } from "../../../sandbox/src/faults/fail-pod.ts";
import { parsePodFault, parsePodName } from "../../../sandbox/src/faults/pod-fault.ts";
import { isPart, parseFault } from "../../../sandbox/src/faults/targets.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import type { SandboxFailInput } from "./fail.ts";

export interface SandboxFaults extends Faults {
  readonly kind: "SandboxFaults";
  readonly name: string;
}

export async function run(input: SandboxFailInput, context: Context): Promise<Outcome<SandboxFaults>> {
  const name = requireName(input.name);
  const { region, namespace } = context.options;
  const faults = isPart(input.what)
    ? await fail(name, parseFault(requireNoFlags(input).what, input.target, region), context)
    : await failPod(name, { ...parsePodName(input.what, namespace), regions: region }, parsePodFault(input), context);
  return { exit: exit.ok, document: { kind: "SandboxFaults", name, ...faults } };
}

function requireNoFlags(input: SandboxFailInput): SandboxFailInput {
  if (input.status === undefined && input.latency === undefined && !input.down && !input.nack) return input;
  throw new AppError(
    "USAGE_INVALID",
    `--status, --latency, --down and --nack apply to pods only; ${input.what} is taken down as a whole.`,
  );
}

export function present({ changed, failed }: SandboxFaults, { paint }: TextView): string {
  return [
    ...changed.map((id) =>
      failed.includes(id) ? `${paint("bad", "✖")} ${id}: failure injected` : `${paint("good", "✔")} ${id} is ready`,
    ),
    ...failed.filter((id) => !changed.includes(id)).map((id) => paint("dim", `  ${id}: failure still injected`)),
  ].join("\n");
}
