import type { SecretDescription } from "../aws/secrets-port.ts";
import { AppError } from "../core/error.ts";
import type { Finding } from "../core/finding.ts";
import type { SecretValue } from "../core/secret-value.ts";
import { isIn } from "./holds.ts";
import { labelled } from "./labels.ts";
import type { Payload } from "./payload.ts";
import { consumerName, consumersOf, type Reader } from "./readers.ts";

/** What of the secret itself stands in the way of a new version. */
export function secretObstacles(secret: string, description: SecretDescription, text: Payload | undefined): Finding[] {
  const about = { id: "secrets/rotatable", severity: "fail", subject: `secret ${secret}` } as const;
  const { owner, rotatedByAws } = description;
  if (owner !== undefined) return [{ ...about, summary: `it is managed by the AWS service ${owner}` }];
  const fix = `aws secretsmanager cancel-rotate-secret --secret-id ${secret}`;
  if (rotatedByAws) return [{ ...about, summary: "AWS rotates it by itself, and would change it again", fix }];
  if (text === undefined) return [{ ...about, summary: "its value is not text but bytes" }];
  return [];
}

/** What would stop a new version on its way through the clusters. `value` is the one of today that is to be rotated. */
export async function readerObstacles(
  readers: readonly Reader[],
  value: SecretValue,
  signal: AbortSignal,
): Promise<Finding[]> {
  const found = readers.map(async (reader): Promise<Finding[]> => {
    const { external, site, kubeSecret } = reader;
    const subject = `externalsecret ${external.namespace}/${external.name}`;
    const about = { id: "secrets/rotatable", severity: "fail", region: site.name, subject } as const;
    const fix = `kubectl -n ${external.namespace} edit externalsecret ${external.name}`;
    if (external.fixed !== undefined) return [{ ...about, summary: external.fixed, fix }];
    if (external.ready !== true) {
      return [{ ...about, summary: `it is not ready: ${external.reason ?? "External Secrets has not seen it yet"}` }];
    }
    const made = external.sources.find(({ landing }) => landing.as === "made");
    if (made?.landing.as !== "made") return [];
    const secret = await site.externalSecrets.secret(external.namespace, kubeSecret, signal);
    const visible = secret !== undefined && isIn(secret, [value]);
    const summary = `${made.landing.by} makes the value unrecognisable, so nothing could prove that a new one has arrived`;
    return visible ? [] : [{ ...about, summary, fix }];
  });
  const fixed = consumersOf(readers).flatMap((consumer): Finding[] => {
    if (consumer.fixed === undefined) return [];
    const subject = consumerName(consumer).toLowerCase();
    return [{ id: "secrets/rotatable", severity: "fail", subject, summary: consumer.fixed }];
  });
  return [...(await Promise.all(found)).flat(), ...fixed];
}

export function assertRotatable(secret: string, obstacles: readonly Finding[]): void {
  if (obstacles.length === 0) return;
  const says = obstacles.map(({ region, subject, summary }) =>
    [region === undefined ? "" : `${region}: `, `${subject}: ${summary}`].join(""),
  );
  throw new AppError("SECRET_NOT_ROTATABLE", `${secret} cannot be rotated as things are: ${says.join("; ")}.`, {
    next: [...new Set(obstacles.flatMap((each) => (each.fix === undefined ? [] : [each.fix])))],
  });
}

/** Throws SECRET_ROTATION_IN_FLIGHT where a version other than AWSCURRENT is AWSPENDING. */
export function assertNotInFlight(secret: string, description: SecretDescription): void {
  const pending = labelled(description, "AWSPENDING");
  if (pending === undefined || pending === labelled(description, "AWSCURRENT")) return;
  throw new AppError(
    "SECRET_ROTATION_IN_FLIGHT",
    `Somebody else is rotating ${secret}: version ${pending} is AWSPENDING.`,
    {
      next: [
        "Wait until it is done, then run the command again.",
        `aws secretsmanager update-secret-version-stage --secret-id ${secret} --version-stage AWSPENDING --remove-from-version-id ${pending}   if it was left behind`,
      ],
    },
  );
}
