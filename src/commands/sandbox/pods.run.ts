import type { Context } from "../../context.ts";
import { exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { runRegion } from "../../../sandbox/src/pods/run-region.ts";
import type { SandboxPodsInput } from "./pods.ts";

export interface SandboxPods {
  readonly kind: "SandboxPods";
}

export async function run(
  { folder, shim }: SandboxPodsInput,
  { host, signal }: Context,
): Promise<Outcome<SandboxPods>> {
  const { clock, stderr } = host;
  const log = (text: string): void => stderr.write(`${new Date(clock.now()).toISOString()} ${text}\n`);
  await runRegion({ folder, shim, clock, log }, signal);
  return { exit: exit.ok, document: { kind: "SandboxPods" } };
}

export function present(): string {
  return "";
}
