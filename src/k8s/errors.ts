import { AppError } from "../core/error.ts";
import { canI, missingRight, mayBeNarrowed, type MissingRight } from "./can-i.ts";

/** The API server's description of a failure (`kind: Status`). */
export interface KubeStatus {
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly metadata?: { readonly continue?: string };
}

const certificateProblems: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "has expired",
  CERT_NOT_YET_VALID: "is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "is for another host name",
  DEPTH_ZERO_SELF_SIGNED_CERT: "is not signed by the cluster's CA",
  SELF_SIGNED_CERT_IN_CHAIN: "is not signed by the cluster's CA",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "is not signed by the cluster's CA",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "is not signed by the cluster's CA",
  CERT_SIGNATURE_FAILURE: "is not signed by the cluster's CA",
};

/**
 * Returns the error for a request without a response: connection refused, no route, unknown host, or a certificate that
 * is not the cluster's.
 */
export function connectionError(cluster: string, server: URL, error: unknown): AppError {
  const { code, message } = error as NodeJS.ErrnoException;
  const certificate = code === undefined ? undefined : certificateProblems[code];
  if (certificate !== undefined) {
    return new AppError(
      "KUBE_UNREACHABLE",
      `The certificate of ${server.host} (${cluster}) ${certificate} (${code}).`,
      {
        next: [
          "Make sure that the kubeconfig or gennet.yaml refers to the right cluster, and that no proxy terminates TLS.",
        ],
        cause: error,
      },
    );
  }
  const reason = message === "" ? (code ?? "no reason given") : message;
  return new AppError("KUBE_UNREACHABLE", `The API server ${server.host} (${cluster}) cannot be reached: ${reason}.`, {
    next: ["gennet explain KUBE_UNREACHABLE"],
    cause: error,
  });
}

/** Returns the error for a request that timed out; `answering` is true if the response had begun. */
export function timeoutError(cluster: string, server: URL, timeoutMs: number, answering: boolean): AppError {
  return answering
    ? new AppError(
        "KUBE_TIMED_OUT",
        `The response of ${server.host} (${cluster}) was not complete within ${timeoutMs} ms.`,
        {
          next: ["Set a longer --request-timeout, or limit the request to a namespace with -n."],
        },
      )
    : new AppError(
        "KUBE_UNREACHABLE",
        `The API server ${server.host} (${cluster}) did not answer within ${timeoutMs} ms.`,
        {
          next: ["gennet explain KUBE_UNREACHABLE"],
        },
      );
}

/** Returns the error for a watch on which nothing arrived, not even the regular sign that the server is alive. */
export function silenceError(cluster: string, server: URL, silenceMs: number): AppError {
  return new AppError(
    "KUBE_UNREACHABLE",
    `The API server ${server.host} (${cluster}) sent nothing for ${silenceMs} ms.`,
    {
      next: ["gennet explain KUBE_UNREACHABLE"],
    },
  );
}

/** The name of a cluster in messages and commands. */
export interface ClusterName {
  /** The region's or context's name. */
  readonly name: string;
  /** How commands for it begin: `kubectl --context eu`. */
  readonly kubectl: string;
  /** The command that lists who has access to an EKS cluster; absent for a kubeconfig context. */
  readonly accessEntries?: string | undefined;
}

/** Returns the error for a response that is not a success. `asked` is what was requested: `list pods`. */
export function statusError(cluster: ClusterName, asked: string, code: number, status: KubeStatus): AppError {
  const { name, kubectl, accessEntries } = cluster;
  const message = status.message ?? `HTTP ${code}`;
  const said = `${name}: ${asked}: ${message}`;
  switch (code) {
    case 401:
      if (accessEntries !== undefined) {
        const why = "it has expired, or the caller has no access entry in the EKS cluster";
        return new AppError("KUBE_DENIED", `${name} does not accept the credential (401 ${message}): ${why}.`, {
          next: [
            `${accessEntries}  # lists the principals with access`,
            "aws sts get-caller-identity  # shows the caller",
            "gennet explain KUBE_DENIED",
          ],
        });
      }
      return new AppError("KUBE_DENIED", `${name} does not accept the credential (401 ${message}).`, {
        next: [`${kubectl} auth whoami  # after you have logged in again`, "gennet explain KUBE_DENIED"],
      });
    case 403:
      // Policies, quotas and webhooks return 403 as well; only messages of RBAC name the user.
      return message.includes("User ") && message.includes(" cannot ")
        ? denied(cluster, said, missingRight(message))
        : new AppError("KUBE_REJECTED", said);
    case 409:
      return new AppError("KUBE_CONFLICT", said, { next: ["gennet explain KUBE_CONFLICT"] });
    case 504:
      return new AppError("KUBE_TIMED_OUT", said);
    default:
      if (code === 429 || code >= 500)
        return new AppError("KUBE_FAILING", said, { next: ["gennet explain KUBE_FAILING"] });
      return new AppError("KUBE_REJECTED", said);
  }
}

function denied({ kubectl }: ClusterName, said: string, right: MissingRight | undefined): AppError {
  if (right === undefined) return new AppError("KUBE_DENIED", said, { next: [`${kubectl} auth can-i --list`] });
  const narrower = mayBeNarrowed(right) ? "; use -n NAMESPACE to read only a namespace that you have access to" : "";
  return new AppError("KUBE_DENIED", `${said}${narrower}`, { next: [canI(kubectl, right)] });
}

/** Reads a body that should be a Status, but may be the HTML page of a proxy. */
export function readStatus(body: string): KubeStatus {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === "object" && parsed !== null && "message" in parsed) return parsed as KubeStatus;
  } catch {
    // Not from the API server.
  }
  const text = body
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text === "" ? {} : { message: text.slice(0, 200) };
}
