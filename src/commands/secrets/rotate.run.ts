import { randomBytes, randomUUID } from "node:crypto";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import type { Journal } from "../../core/journal.ts";
import type { Outcome } from "../../core/outcome.ts";
import { unfinishedRun } from "../../core/saga-run.ts";
import type { SecretValue } from "../../core/secret-value.ts";
import { shell } from "../../core/shell-words.ts";
import { missing } from "../../host/ask.ts";
import { givenValue, randomValue } from "../../secrets/random-value.ts";
import { begin, resume, type RotationRequest } from "../../secrets/rotate.ts";
import type { SecretRotation } from "../../secrets/rotation-report.ts";
import { rotationText } from "../../secrets/rotation-text.ts";
import { onOwnClusters } from "../own-clusters.run.ts";
import type { SecretsRotateInput } from "./rotate.ts";
import { openSecret, rotating } from "./open-secret.run.ts";

const usual = 32;
/**
 * The length of a Base64 text is a multiple of four. This one is not, so that decodingStrategy Auto does not decode it.
 */
const unlikeBase64 = 33;

export async function run(input: SecretsRotateInput, context: Context): Promise<Outcome<SecretRotation>> {
  const given = await givenOf(input, context);
  const { syncTimeout: syncMs, rolloutTimeout: rolloutMs, dryRun, yes, key } = input;
  const opened = await openSecret(input.name, { replicaMs: syncMs, syncMs, rolloutMs }, onOwnClusters(context));
  const request: RotationRequest = {
    kind: "rotate",
    ...(key === undefined ? {} : { key }),
    source: given === undefined ? "random" : input.prompt ? "asked" : "given",
    newValue: async (guessed) =>
      given === undefined ? randomValue(input.length ?? (guessed ? unlikeBase64 : usual), randomBytes) : given(),
    newVersion: randomUUID,
    dryRun,
  };
  return rotating(opened, yes, context, async (journal, settings) => {
    if (!input.resume) return begin(opened, request, journal, settings);
    return resume(opened, { ...request, newValue: again(journal, request, input.name) }, journal, settings);
  });
}

export function present(report: SecretRotation, view: TextView): string {
  return rotationText(report, view);
}

/**
 * Returns the source of a user-defined value, or undefined for a random one. Reads standard input before anything else.
 */
async function givenOf(
  { stdin, prompt, name }: SecretsRotateInput,
  { host, options, signal }: Context,
): Promise<(() => Promise<SecretValue>) | undefined> {
  if (stdin && prompt)
    throw new AppError("USAGE_INVALID", "Pass the new value with either --stdin or --prompt, not both.");
  if (stdin) {
    const value = givenValue(await host.input(signal));
    return async () => value;
  }
  if (!prompt) return undefined;
  if (!host.interactive || options.noInput) throw missing(["--stdin"]);
  const prompts = await host.prompts();
  let asked: Promise<SecretValue> | undefined;
  return () => (asked ??= prompts.secret({ message: `New value of ${name}` }, signal).then(givenValue));
}

/** If the killed run had not stored the user's value yet, the value is lost, and the user has to provide it again. */
function again(journal: Journal, request: RotationRequest, name: string): RotationRequest["newValue"] {
  const begun = unfinishedRun(journal)?.facts["source"];
  if (begun !== "given" || request.source !== "random") return request.newValue;
  return () => {
    throw new AppError("USAGE_ANSWER_MISSING", "The new value was passed to a run that was killed before storing it.", {
      next: [
        shell`gennet secrets rotate ${name} --resume --stdin  # provide the value again`,
        shell`gennet secrets rollback ${name}`,
      ],
    });
  };
}
