import { AppError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import { logIn, who, withoutCredentials } from "./credential-errors.ts";
import type { AwsHolder } from "./shared-config.ts";

/** The parts of an SDK error that matter here. Credential providers and sockets throw such errors, too. */
interface SdkError extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** Set by our middleware: `EKS CreateCluster`. */
  readonly $action?: string;
}

const expired = /^(ExpiredToken|ExpiredTokenException|RequestExpired)$/;
const wrong =
  /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|InvalidAccessKeyId|MissingAuthenticationToken|MissingAuthenticationTokenException|IncompleteSignature|InvalidToken)$/;
const throttled =
  /^(Throttl|RequestLimitExceeded$|TooManyRequests|RequestThrottled|SlowDown$|PriorRequestNotComplete$|BandwidthLimitExceeded$|EC2ThrottledException$)/;
const absent =
  /^(ResourceNotFoundException|NotFoundException|NoSuchEntity|NoSuchEntityException|NoSuchHostedZone|NatGatewayNotFound|(LoadBalancer|TargetGroup)NotFound(Exception)?|.+\.NotFound|.+NotFoundFault|(Repository|LifecyclePolicy|Template)NotFoundException)$/;

export function isAbsent(error: unknown): boolean {
  return error instanceof Error && absent.test(error.name);
}

export function isThrottled(error: unknown): boolean {
  return error instanceof Error && (throttled.test(error.name) || status(error) === 429);
}

/** Returns whether the call may have taken effect without a response: the connection was lost, or the server failed. */
export function isAmbiguous(error: unknown): boolean {
  if (!(error instanceof Error) || isThrottled(error) || isCredentialError(error)) return false;
  const code = status(error);
  return code === undefined || code >= 500;
}

/** Turns an SDK error into an AppError. Keeps the service's own message, but nothing that contains a credential. */
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
    const reason = code === undefined ? (error.code ?? error.message) : `HTTP ${code}`;
    return make("AWS_UNREACHABLE", `AWS did not answer ${action} in ${target.awsRegion}: ${reason}.`, [
      "Check the network, the proxy variables, and AWS_ENDPOINT_URL if it is set.",
      "Run the same command again, with a longer --request-timeout if the network is slow.",
    ]);
  }
  if (code === 403 || /^(AccessDenied|UnauthorizedOperation|OptInRequired)/.test(error.name)) {
    return make("AWS_DENIED", `AWS denied ${action} for ${who(target)}: ${error.message}`, [
      `Allow the action in IAM, or set another profile or roleArn for region ${target.name} in gennet.yaml.`,
    ]);
  }
  return make("AWS_REJECTED", `AWS rejected ${action} (${error.name}): ${error.message}`, []);
}

function isCredentialError(error: Error): boolean {
  return error.name === "CredentialsProviderError" || error.name === "TokenProviderError";
}

function status(error: Error): number | undefined {
  return (error as SdkError).$metadata?.httpStatusCode;
}
