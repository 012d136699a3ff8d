import type { Context } from "../../context.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { heal } from "../../../sandbox/src/faults/heal.ts";
import { failPod } from "../../../sandbox/src/faults/fail-pod.ts";
import { parsePodName } from "../../../sandbox/src/faults/pod-fault.ts";
import { isPart, parseFault } from "../../../sandbox/src/faults/targets.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import type { SandboxFaults } from "./fail.run.ts";
import type { SandboxHealInput } from "./heal.ts";

export { present } from "./fail.run.ts";

export async function run(input: SandboxHealInput, context: Context): Promise<Outcome<SandboxFaults>> {
  const name = requireName(input.name);
  const { region, namespace } = context.options;
  const faults = isPart(input.what)
    ? await heal(name, parseFault(input.what, input.target, region), context)
    : await failPod(name, { ...parsePodName(input.what, namespace), regions: region }, undefined, context);
  return { exit: exit.ok, document: { kind: "SandboxFaults", name, ...faults } };
}
