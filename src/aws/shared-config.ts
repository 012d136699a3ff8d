import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { parseKnownFiles } from "@smithy/core/config";
import { AppError } from "../core/error.ts";
import { fileError } from "../core/file-error.ts";
import { nearWords } from "../core/near-words.ts";
import type { AwsTarget } from "./target.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** A profile of ~/.aws/config and ~/.aws/credentials, with its settings as they are written there. */
export interface AwsProfile {
  readonly name: string;
  /** What named it, where gennet.yaml did not. */
  readonly namedBy?: "AWS_PROFILE" | "AWS_DEFAULT_PROFILE" | "default";
  readonly settings: Readonly<Record<string, string | undefined>>;
  /** Whether a variable names it beside one that has an access key. */
  readonly hidesKeys?: boolean;
}

/** A region, with the profile that its credentials were found to come from. */
export interface AwsHolder extends AwsTarget {
  readonly holder: AwsProfile | undefined;
}

/** Settings of a profile that are a source of credentials. */
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
 * Finds the profile that credentials come from: the region's, else that of AWS_PROFILE or AWS_DEFAULT_PROFILE, which the
 * AWS CLI knows and the SDK does not, else the one called default, where there is one. Throws AWS_CREDENTIALS_MISSING where a profile is named that does not exist.
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

/** Whether the profile says where its credentials come from; one that only has a region leaves that to the usual chain. */
export function hasSource({ settings }: AwsProfile): boolean {
  return sources.some((name) => settings[name] !== undefined);
}

/** The CA bundle that AWS_CA_BUNDLE or the profile's `ca_bundle` names. Throws FILE_UNUSABLE. */
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
  return new AppError("AWS_CREDENTIALS_MISSING", `There is no AWS profile "${name}", which ${by} names.${meant}`, {
    next: [
      "aws configure list-profiles  # lists those there are",
      ...(variable === undefined ? [] : [`export ${variable}=NAME`]),
    ],
  });
}
