import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";
import type { AwsHolder, AwsProfile } from "./shared-config.ts";

/** What a credential provider says, as ours: whose credentials are missing, the provider's own reason, what to do. */
export function withoutCredentials(error: Error, target: AwsHolder): AppError {
  const reason = reasonOf(error.message);
  if (/expired/i.test(reason)) {
    return new AppError("AWS_CREDENTIALS_EXPIRED", `The AWS session of ${who(target)} has expired.`, {
      next: logIn(target),
      cause: error,
    });
  }
  const { holder } = target;
  const message =
    holder === undefined
      ? "There are no AWS credentials: no profile, no keys in the environment, and no role of this machine."
      : `There are no AWS credentials for ${who(target)}: ${reason}.`;
  return new AppError("AWS_CREDENTIALS_MISSING", message, { next: adviceFor(reason, target), cause: error });
}

/** Whose credentials they are: `profile "x" (AWS_PROFILE)`. */
export function who({ holder, roleArn }: AwsHolder): string {
  const by = holder?.namedBy === undefined || holder.namedBy === "default" ? "" : ` (${holder.namedBy})`;
  const base = holder === undefined ? "the environment or this machine" : `profile "${holder.name}"${by}`;
  return roleArn === undefined ? base : `${base} with role ${roleArn}`;
}

/** How to get a new session, or to see what there is. */
export function logIn(target: AwsHolder): readonly string[] {
  const { holder, name } = target;
  if (holder === undefined) {
    return [
      "aws configure list-profiles  # lists the profiles there are",
      `export AWS_PROFILE=NAME  # or name a profile for region ${name} in gennet.yaml`,
    ];
  }
  // Tools that hand out sessions set the profile's name and its keys: the AWS CLI takes the keys, the SDK the profile.
  if (holder.hidesKeys === true) {
    return [`unset ${holder.namedBy}  # the keys in the environment are used then`, ...logInTo(holder)];
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
    "Run it on a terminal without --no-input: gennet asks for the code.",
    shell`aws configure mfa-login --profile ${source}` + "  # makes a profile with a session; name that one",
  ];
}

/** In the words of a sentence: the SDK speaks to programmers about MFA, and ends some of its sentences. */
function reasonOf(message: string): string {
  const said = message.trim().replace(/\.$/, "");
  return said.endsWith("but no MFA code callback was provided")
    ? "it requires multi-factor authentication, and there is no terminal to ask for the code on"
    : said;
}
