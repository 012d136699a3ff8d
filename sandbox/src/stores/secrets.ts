import { AppError } from "../../../src/core/error.ts";
import { awsCall } from "../aws-call.ts";
import type { SandboxState } from "../state.ts";
import type { SecretFields } from "./secret-of.ts";

const service = "secretsmanager";

/** Returns whether the region's Secrets Manager has a secret of that name. */
export async function hasSecret(
  state: SandboxState,
  awsRegion: string,
  name: string,
  signal: AbortSignal,
): Promise<boolean> {
  return (await lookUp("DescribeSecret", state, awsRegion, name, signal)) !== undefined;
}

/** Returns the JSON object that the region's Secrets Manager has under a name; undefined if there is no such secret. */
export async function readSecret(
  state: SandboxState,
  awsRegion: string,
  name: string,
  signal: AbortSignal,
): Promise<SecretFields | undefined> {
  const body = await lookUp("GetSecretValue", state, awsRegion, name, signal);
  return body && (JSON.parse(String(body["SecretString"])) as SecretFields);
}

/** Creates a secret; the value is JSON, in RDS's format. */
export async function createSecret(
  state: SandboxState,
  awsRegion: string,
  name: string,
  value: SecretFields,
  signal: AbortSignal,
): Promise<void> {
  await write("CreateSecret", { Name: name }, state, awsRegion, value, signal);
}

/** Adds a version to a secret, which becomes the current one. */
export async function putSecret(
  state: SandboxState,
  awsRegion: string,
  name: string,
  value: SecretFields,
  signal: AbortSignal,
): Promise<void> {
  await write("PutSecretValue", { SecretId: name }, state, awsRegion, value, signal);
}

async function write(
  operation: "CreateSecret" | "PutSecretValue",
  named: Readonly<Record<string, string>>,
  state: SandboxState,
  awsRegion: string,
  value: SecretFields,
  signal: AbortSignal,
): Promise<void> {
  const input = { ...named, SecretString: JSON.stringify(value), ClientRequestToken: crypto.randomUUID() };
  const { status } = await awsCall(state, awsRegion, { service, target: `secretsmanager.${operation}`, input }, signal);
  if (status !== 200) throw refused(Object.values(named).join(), awsRegion, status);
}

/** Returns what the operation returns about a secret; undefined if there is no such secret. */
async function lookUp(
  operation: "DescribeSecret" | "GetSecretValue",
  state: SandboxState,
  awsRegion: string,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const call = { service, target: `secretsmanager.${operation}`, input: { SecretId: name } };
  const { status, body } = await awsCall(state, awsRegion, call, signal);
  if (status === 200) return body;
  if (String(body["__type"]).endsWith("ResourceNotFoundException")) return undefined;
  throw refused(name, awsRegion, status);
}

function refused(name: string, awsRegion: string, status: number): AppError {
  return new AppError(
    "SANDBOX_COMPONENT_FAILED",
    `The AWS endpoint responded ${status} for secret ${name} in ${awsRegion}.`,
    { next: ["gennet sandbox status -o wide  # shows the path of its log"] },
  );
}
