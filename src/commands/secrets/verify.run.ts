import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { exitOf } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import { labelled } from "../../secrets/labels.ts";
import { assertRotatable, secretObstacles } from "../../secrets/obstacles.ts";
import { type SecretVerification, verifySecret } from "../../secrets/verify.ts";
import { findingLines, closing } from "../../view/findings.ts";
import { openSecret } from "./open-secret.run.ts";
import type { SecretsVerifyInput } from "./verify.ts";

const noPatience = { replicaMs: 0, syncMs: 0, rolloutMs: 0 };

export async function run({ name }: SecretsVerifyInput, context: Context): Promise<Outcome<SecretVerification>> {
  const { world, description } = await openSecret(name, noPatience, context);
  const version = labelled(description, "AWSCURRENT") ?? "";
  const before = labelled(description, "AWSPREVIOUS");
  const current = await world.payload(version, context.signal);
  if (current === undefined) assertRotatable(name, secretObstacles(name, description, current, "rollback"));
  const previous = before === undefined ? undefined : await world.payload(before, context.signal);
  const findings = current === undefined ? [] : await verifySecret(world, { current, previous }, context.signal);
  const document = { kind: "SecretVerification", secret: world.secret, version, findings } as const;
  return { exit: exitOf(findings, false), document };
}

export function present({ secret, findings }: SecretVerification, view: TextView): string {
  const lines = findings.flatMap((finding) => findingLines(finding, view).map((line) => `  ${line}`));
  return [view.paint("strong", secret), ...lines, "", closing(findings, view)].join("\n");
}
