import { AppError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import { logIn, who, withoutCredentials } from "./credential-errors.ts";
import type { AwsHolder } from "./shared-config.ts";

/** What an error of the SDK has that matters here; also credential providers and sockets throw such. */
interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Put there by our middleware: `EKS CreateCluster`. */
  readonly $action?: string;
}

const expired = /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/;
const wrong =
  /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|InvalidAccessKeyId|MissingAuthenticationToken|MissingAuthenticationTokenException|IncompleteSignature|InvalidToken)$/;
const throttled =
  /^(Throttl|RequestLimitExceeded$|TooManyRequests|RequestThrottled|SlowDown$|PriorRequestNotComplete$|BandwidthLimitExceeded$|EC2ThrottledException$)/;
const absent = /^(ResourceNotFoundException|NoSuchEntity|NoSuchEntityException|.+\.NotFound)$/;

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && absent.test(error.name);
}

export function isThrottled(error: unknown): boolean {
  return error instanceof Error && (throttled.test(error.name) || status(error) === 429);
}

/** Whether the call may have been done although no answer says so: a lost connection, or a server's own failure. */
export function isAmbiguous(error: unknown): boolean {
  if (!(error instanceof Error) || isThrottled(error) || isCredentialError(error)) return false;
  const code = status(error);
  return code === undefined || code >= 500;
}

/** An error of the SDK as ours; the service's own message is kept, whatever holds a credential is not in it. */
export function toAppError(thrown: unknown, target: AwsHolder): AppError {
  if (thrown instanceof AppError) return thrown;
  const error = thrown as SdkError;
  const action = error.$action ?? "a call";
  const make = (code: ErrorCode, message: string, next: readonly string[]): AppError =>
    new AppError(code, message, { next, cause: thrown });

  if (isCredentialError(error)) return withoutCredentials(error, target);
  if (expired.test(error.name)) {
    return make("AWS_CREDENTIALS_EXPIRED", `The AWS credentials of ${who(target)} have expired.`, logIn(target));
  }
  if (wrong.test(error.name)) {
    return make(
      "AWS_CREDENTIALS_WRONG",
      `AWS rejected the credentials of ${who(target)} (${error.name}).`,
      logIn(target),
    );
  }
  if (isThrottled(error)) {
    return make("AWS_THROTTLED", `AWS kept throttling ${action} in ${target.awsRegion}.`, [
      "Run the same command again in a minute.",
    ]);
  }
  const code = status(error);
  if (code === undefined || code >= 500) {
    const reason = code === undefined ? (error.code ?? error.message) : `it answered ${code}`;
    return make("AWS_UNREACHABLE", `AWS did not answer ${action} in ${target.awsRegion}: ${reason}.`, [
      "Look at the network, proxy variables, and AWS_ENDPOINT_URL if it is set.",
      "Run the same command again; --request-timeout gives a slow network longer.",
    ]);
  }
  if (code === 403 || /^(AccessDenied|UnauthorizedOperation|OptInRequired)/.test(error.name)) {
    return make("AWS_DENIED", `AWS does not allow ${who(target)} to do ${action}: ${error.message}`, [
      `Allow the action in IAM, or name another profile or roleArn for region ${target.name} in gennet.yaml.`,
    ]);
  }
  return make("AWS_REJECTED", `AWS refused ${action} (${error.name}): ${error.message}`, []);
}

function isCredentialError(error: Error): boolean {
  return error.name === "CredentialsProviderError" || error.name === "TokenProviderError";
}

function status(error: Error): number | undefined {
  return (error as SdkError).$metadata?.httpStatusCode;
}
