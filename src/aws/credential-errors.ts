import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { AwsHolder, AwsProfile } from "./shared-config.ts";

/** Turns a credential provider's error into an AppError: whose credentials are missing, why, and what to do. */
export function withoutCredentials(error: Error, target: AwsHolder): AppError {
  const reason = reasonOf(error.message, target.holder);
  if (/expired/i.test(reason)) {
    return new AppError("AWS_CREDENTIALS_EXPIRED", `The AWS session of ${who(target)} has expired.`, {
      next: logIn(target),
      cause: error,
    });
  }
  const { holder } = target;
  const message =
    holder === undefined
      ? "No AWS credentials found: no profile, no keys in the environment, and no role for this machine."
      : `No AWS credentials for ${who(target)}: ${reason}.`;
  return new AppError("AWS_CREDENTIALS_MISSING", message, { next: adviceFor(reason, target), cause: error });
}

/** Describes the source of the credentials: `profile "x" (AWS_PROFILE)`. */
export function who({ holder, roleArn }: AwsHolder): string {
  const by = holder?.namedBy === undefined || holder.namedBy === "default" ? "" : ` (${holder.namedBy})`;
  const base = holder === undefined ? "the credentials of the environment" : `profile "${holder.name}"${by}`;
  return roleArn === undefined ? base : `${base} with role ${roleArn}`;
}

/** Returns the commands that log in again, or that show which profiles exist. */
export function logIn(target: AwsHolder): readonly string[] {
  const { holder, name } = target;
  if (holder === undefined) {
    return [
      "aws configure list-profiles  # lists the profiles",
      `export AWS_PROFILE=NAME  # or set a profile for region ${name} in gennet.yaml`,
    ];
  }
  // Tools that issue sessions set both AWS_PROFILE and keys: the AWS CLI uses the keys, the SDK the profile.
  if (holder.hidesKeys === true) {
    return [`unset ${holder.namedBy}  # then the keys in the environment are used`, ...logInTo(holder)];
  }
  return logInTo(holder);
}

function logInTo(holder: AwsProfile): readonly string[] {
  if (holder.settings["login_session"] !== undefined) return [shell`aws login --profile ${holder.name}`];
  const isSso = Object.keys(holder.settings).some((key) => key.startsWith("sso_"));
  if (isSso) return [shell`aws sso login --profile ${holder.name}`];
  return [
    shell`aws sts get-caller-identity --profile ${holder.name}`,
    shell`aws configure list --profile ${holder.name}`,
  ];
}

function adviceFor(reason: string, target: AwsHolder): readonly string[] {
  const { holder } = target;
  if (!reason.includes("multi-factor") || holder === undefined) return logIn(target);
  const source = holder.settings["source_profile"] ?? holder.name;
  return [
    "Run the same command in a terminal without --no-input: gennet prompts for the code.",
    shell`aws configure mfa-login --profile ${source}` + "  # creates a profile with a session; use that one",
  ];
}

/** Returns the SDK's reason as part of a sentence, without its hint for programmers about MFA callbacks. */
function reasonOf(message: string, holder: AwsProfile | undefined): string {
  const said = message.trim().replace(/\.$/, "");
  const [, named] = /^Could not resolve credentials using profile: \[(.+)\]/.exec(said) ?? [];
  if (named !== undefined) {
    return named === holder?.name
      ? "its settings are not complete"
      : `its source_profile "${named}" does not exist, or has no credentials`;
  }
  return said.endsWith("but no MFA code callback was provided")
    ? "it requires multi-factor authentication, and there is no terminal to prompt for the code"
    : said;
}
