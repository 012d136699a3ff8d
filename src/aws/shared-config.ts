import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { parseKnownFiles } from "@smithy/core/config";
import { AppError } from "../core/error.ts";
import { fileError } from "../core/file-error.ts";
import { nearWords } from "../core/near-words.ts";
import type { AwsTarget } from "./target.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A profile in ~/.aws/config and ~/.aws/credentials, with its settings as written there. */
export interface AwsProfile {
  readonly name: string;
  /** What selected it, if not gennet.yaml. */
  readonly namedBy?: "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" | "default";
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** Whether a variable selected it although another variable contains an access key. */
  readonly hidesKeys?: boolean;
}

/** A region, and the profile that its credentials come from. */
export interface AwsHolder extends AwsTarget {
  readonly holder: AwsProfile | undefined;
}

/** Settings that make a profile a source of credentials. */
const sources = [
  "aws_access_key_id",
  "credential_process",
  "credential_source",
  "login_session",
  "role_arn",
  "sso_account_id",
  "sso_session",
  "sso_start_url",
  "web_identity_token_file",
];

/**
 * Finds the profile that credentials come from: the region's, otherwise the one in AWS_PROFILE or AWS_DEFAULT_PROFILE
 * (which the AWS CLI supports and the SDK does not), otherwise `default`, if it exists. Throws AWS_CREDENTIALS_MISSING
 * if the selected profile does not exist.
 */
export async function findProfile(wanted: string | undefined, env: Env): Promise<AwsProfile | undefined> {
  const variable = (["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] as const).find((name) => env[name]);
  const named = wanted ?? (variable && env[variable]);
  const profiles = await parseKnownFiles({});
  if (named === undefined) {
    const settings = profiles["default"];
    if (settings === undefined) return undefined;
    return { name: "default", namedBy: "default", settings };
  }
  const settings = profiles[named];
  const namedBy = wanted === undefined ? variable : undefined;
  if (settings === undefined) throw noSuchProfile(named, namedBy, Object.keys(profiles));
  const hidesKeys = namedBy !== undefined && Boolean(env["AWS_ACCESS_KEY_ID"]);
  return { name: named, ...(namedBy && { namedBy }), ...(hidesKeys && { hidesKeys }), settings };
}

/**
 * Returns whether the profile defines a source of credentials. A profile with only a region leaves that to the default
 * chain.
 */
export function hasSource({ settings }: AwsProfile): boolean {
  return sources.some((name) => settings[name] !== undefined);
}

/** Reads the CA bundle in AWS_CA_BUNDLE or the profile's `ca_bundle`. Throws FILE_UNUSABLE if it cannot be read. */
export async function caBundle(profile: AwsProfile | undefined, env: Env): Promise<Buffer | undefined> {
  const ofProfile = profile?.settings["ca_bundle"];
  const path = env["AWS_CA_BUNDLE"] || ofProfile?.replace(/^~(?=\/)/, homedir());
  if (path === undefined) return undefined;
  const shownAs = env["AWS_CA_BUNDLE"]
    ? `AWS_CA_BUNDLE ${path}`
    : `The ca_bundle of AWS profile "${profile?.name}", ${path},`;
  return readFile(path).catch((error: unknown) => {
    throw fileError("FILE_UNUSABLE", "read", { path, shownAs }, error);
  });
}

function noSuchProfile(name: string, variable: string | undefined, known: readonly string[]): AppError {
  const near = nearWords(name, known);
  const meant = near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`;
  const by = variable ?? "gennet.yaml";
  return new AppError(
    "AWS_CREDENTIALS_MISSING",
    `AWS profile "${name}", which ${by} specifies, does not exist.${meant}`,
    {
      next: [
        "aws configure list-profiles  # lists the profiles",
        ...(variable === undefined ? [] : [`export ${variable}=NAME`]),
      ],
    },
  );
}
