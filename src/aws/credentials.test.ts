import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { awsServer } from "../../test/support/aws-server.ts";
import { connectAws } from "./aws.ts";
import type { AwsTarget } from "./target.ts";

const { signal } = new AbortController();
const target: AwsTarget = { name: "eu", awsRegion: "eu-west-1", accountId: "123456789012" };
const config = `
[profile base]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = example
[profile mfa]
role_arn = arn:aws:iam::123456789012:role/adm
source_profile = base
mfa_serial = arn:aws:iam::123456789012:mfa/me
[profile hang]
credential_process = sleep 307.25; echo late
[profile over-hang]
role_arn = arn:aws:iam::123456789012:role/adm
source_profile = hang
[profile broken]
credential_process = echo 'no such user' >&2; exit 3 --password hunter2
[profile chain]
role_arn = arn:aws:iam::123456789012:role/adm
source_profile = gone
[profile half]
aws_access_key_id = AKIAEXAMPLE
[profile no-json]
credential_process = echo hello
[profile bundle]
aws_access_key_id = AKIAEXAMPLE
aws_secret_access_key = example
ca_bundle = /nonexistent/ca.pem
[profile bare]
region = eu-west-1
[profile sso]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = adm
[sso-session corp]
sso_region = us-west-2
sso_start_url = https://corp.awsapps.com/start
`;

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-aws-"));
  await writeFile(join(folder, "config"), config);
  for (const name of [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_ENDPOINT_URL",
  ]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("AWS_CONFIG_FILE", join(folder, "config"));
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly mfaCode?: (serial: string) => Promise<string>;
  readonly about?: Partial<AwsTarget>;
}

/** As `AWS_PROFILE=profile gennet …`. */
async function ask(profile: string | undefined, { env = {}, mfaCode, about = {} }: Options = {}): Promise<unknown> {
  const clock = { now: Date.now, sleep: async () => undefined };
  const settings = {
    env: { ...(profile === undefined ? {} : { AWS_PROFILE: profile }), ...env },
    requestTimeoutMs: 300,
    clock,
    random: () => 0,
    emit: () => undefined,
    mfaCode,
  };
  const aws = connectAws({ ...target, ...about }, settings);
  return aws.eksToken("acme", signal);
}

describe("a profile of AWS_PROFILE", () => {
  it("A profile that does not exist is named, with a similar one", async () => {
    await expect(ask("brokem")).rejects.toMatchObject({
      code: "AWS_CREDENTIALS_MISSING",
      exit: 4,
      message: 'AWS profile "brokem", which AWS_PROFILE specifies, does not exist. Did you mean broken?',
      next: ["aws configure list-profiles  # lists the profiles", "export AWS_PROFILE=NAME"],
    });
  });

  it.each([
    ["chain", 'its source_profile "gone" does not exist, or has no credentials'],
    ["half", "its settings are not complete"],
  ])("The profile %s is reported with what it lacks", async (profile, reason) => {
    await expect(ask(profile)).rejects.toMatchObject({
      code: "AWS_CREDENTIALS_MISSING",
      message: `No AWS credentials for profile "${profile}" (AWS_PROFILE): ${reason}.`,
    });
  });

  it("A profile whose process fails is named with the last line of its error, and without its arguments", async () => {
    await expect(ask("broken")).rejects.toMatchObject({
      message:
        'No AWS credentials for profile "broken" (AWS_PROFILE): its credential_process failed with exit code 3: no such user.',
      next: ["aws sts get-caller-identity --profile broken", "aws configure list --profile broken"],
    });
  });

  it("A profile whose process does not print credentials is named", async () => {
    await expect(ask("no-json")).rejects.toMatchObject({
      message: expect.stringMatching(/profile "no-json" \(AWS_PROFILE\): .*invalid JSON/) as string,
    });
  });

  it.each(["hang", "over-hang"])("A process that hangs is killed after the request time-out: %s", async (profile) => {
    const begun = Date.now();
    await expect(ask(profile)).rejects.toMatchObject({
      message: expect.stringContaining(
        `profile "${profile}" (AWS_PROFILE): its credential_process did not answer within 300ms`,
      ) as string,
    });
    expect(Date.now() - begun).toBeLessThan(5_000);
    const { stdout } = spawnSync("ps", ["-A", "-o", "args="], { encoding: "utf8" });
    expect(stdout.split("\n")).not.toContain("sleep 307.25");
  });

  it("AWS_PROFILE takes precedence over keys in the environment, like in the SDK", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIA");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
    await expect(ask("broken")).rejects.toMatchObject({ code: "AWS_CREDENTIALS_MISSING" });
    await expect(ask(undefined, { env: { AWS_ACCESS_KEY_ID: "AKIA" } })).resolves.toMatch(/^k8s-aws-v1\./);
  });

  // aws-sdk-js-v3#6295, aws-sdk-js-v3#2549
  it("A profile without a source uses keys in the environment, and not the role of this machine", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAENV");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "x");
    vi.stubEnv("AWS_PROFILE", "bare");
    const token = (await ask("bare", { env: { AWS_ACCESS_KEY_ID: "AKIAENV" } })) as string;
    const url = Buffer.from(token.replace("k8s-aws-v1.", ""), "base64url").toString();
    expect(url).toContain("AKIAENV");
  });

  // granted#574
  it("A failing profile is reported to hide keys in the environment", async () => {
    vi.stubEnv("HOME", folder);
    await expect(ask("sso", { env: { AWS_ACCESS_KEY_ID: "ASIA" } })).rejects.toMatchObject({
      next: ["unset AWS_PROFILE  # then the keys in the environment are used", "aws sso login --profile sso"],
    });
  });

  it("AWS_DEFAULT_PROFILE selects a profile, like in the AWS CLI", async () => {
    const env = { AWS_DEFAULT_PROFILE: "broken" };
    await expect(ask(undefined, { env })).rejects.toMatchObject({
      message: expect.stringContaining('profile "broken" (AWS_DEFAULT_PROFILE): its credential_process') as string,
    });
    await expect(ask("base", { env })).resolves.toMatch(/^k8s-aws-v1\./);
  });

  it("The profile of the region in gennet.yaml takes precedence over AWS_PROFILE", async () => {
    await expect(ask("nope", { about: { profile: "base" } })).resolves.toMatch(/^k8s-aws-v1\./);
  });
});

describe("multi-factor authentication", () => {
  const assumed = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

  it("Without a terminal, multi-factor authentication is reported, and how to get a session", async () => {
    await expect(ask("mfa")).rejects.toMatchObject({
      message:
        'No AWS credentials for profile "mfa" (AWS_PROFILE): it requires multi-factor authentication, and there is no terminal to prompt for the code.',
      next: [
        "Run the same command in a terminal without --no-input: gennet prompts for the code.",
        "aws configure mfa-login --profile base  # creates a profile with a session; use that one",
      ],
    });
  });

  it("In a terminal, gennet prompts for the code, once for all regions of a profile", async () => {
    const server = await awsServer(() => ({ status: 200, body: assumed }));
    vi.stubEnv("AWS_ENDPOINT_URL", server.url);
    const asked: string[] = [];
    const env = { AWS_PROFILE: "mfa" };
    const settings = {
      env,
      requestTimeoutMs: 5_000,
      clock: { now: Date.now, sleep: async () => undefined },
      random: () => 0,
      emit: () => undefined,
      mfaCode: async (serial: string) => {
        asked.push(serial);
        return "123456";
      },
    };
    const tokens = ["eu-west-1", "us-east-1"].map(async (awsRegion) =>
      connectAws({ ...target, awsRegion }, settings).eksToken("acme", signal),
    );
    await Promise.all(tokens);
    expect(asked).toEqual(["arn:aws:iam::123456789012:mfa/me"]);
    expect(server.calls.map((call) => [call.get("Action"), call.get("TokenCode")])).toEqual([["AssumeRole", "123456"]]);
    await server.close();
  });
});

describe("a CA bundle", () => {
  it("The CA bundle of the profile is read, and a missing one is named", async () => {
    await expect(ask("bundle")).rejects.toMatchObject({
      code: "FILE_UNUSABLE",
      exit: 2,
      message:
        'The ca_bundle of AWS profile "bundle", /nonexistent/ca.pem, cannot be read: it does not exist (ENOENT).',
    });
  });

  it("The CA bundle in AWS_CA_BUNDLE takes precedence, and a missing one is named", async () => {
    await expect(ask("bundle", { env: { AWS_CA_BUNDLE: "/nowhere.pem" } })).rejects.toMatchObject({
      message: "AWS_CA_BUNDLE /nowhere.pem cannot be read: it does not exist (ENOENT).",
    });
  });
});

describe("SSO", () => {
  it("Without an SSO session, the command to log in contains the profile's name", async () => {
    vi.stubEnv("HOME", folder);
    await expect(ask("sso")).rejects.toMatchObject({
      message: expect.stringContaining('profile "sso" (AWS_PROFILE)') as string,
      next: ["aws sso login --profile sso"],
    });
  });
});
