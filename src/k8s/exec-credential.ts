import { execFile } from "node:child_process";
import { AppError } from "../core/error.ts";
import { shell } from "../core/shell-words.ts";

/** `user.exec` of a kubeconfig. */
export interface ExecConfig {
  readonly apiVersion?: string;
  readonly command: string;
  readonly args?: readonly string[] | null;
  readonly env?: readonly { readonly name: string; readonly value: string }[] | null;
  readonly installHint?: string;
  readonly provideClusterInfo?: boolean;
}

export interface ExecCredential {
  readonly token?: string;
  /** PEM. */
  readonly clientCertificateData?: string;
  readonly clientKeyData?: string;
  /** RFC 3339. */
  readonly expirationTimestamp?: string;
}

export interface ExecOptions {
  readonly context: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The information about the cluster for plug-ins that request it. */
  readonly cluster: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
}

/**
 * Runs a credential plug-in such as `aws eks get-token`. The client library is not used for this, because a plug-in
 * that waits (for a browser, a password, the network) must end with gennet, and must be named when it fails.
 * Protocol: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
export function execCredential(config: ExecConfig, options: ExecOptions, signal: AbortSignal): Promise<ExecCredential> {
  const apiVersion = config.apiVersion ?? "client.authentication.k8s.io/v1";
  const info = {
    apiVersion,
    kind: "ExecCredential",
    spec: { interactive: false, ...(config.provideClusterInfo === true ? { cluster: options.cluster } : {}) },
  };
  const env = {
    ...options.env,
    ...Object.fromEntries((config.env ?? []).map(({ name, value }) => [name, value])),
    KUBERNETES_EXEC_INFO: JSON.stringify(info),
  };
  const failed = (why: string, next: readonly string[] = []): AppError =>
    new AppError("KUBE_DENIED", `The credential plug-in "${config.command}" of context "${options.context}" ${why}`, {
      next: [...next, shell`kubectl --context ${options.context} version  # runs the same plug-in`],
    });
  return new Promise((resolve, reject) => {
    const child = execFile(
      config.command,
      [...(config.args ?? [])],
      { env, signal, timeout: options.timeoutMs, maxBuffer: 1 << 20 },
      (error, stdout, stderr) => {
        if (signal.aborted) return reject(signal.reason);
        if (error !== null) {
          if (error.code === "ENOENT") return reject(failed("is not installed.", hint(config)));
          if (error.killed) return reject(failed(`did not answer within ${options.timeoutMs} ms.`));
          return reject(failed(`failed: ${lastLine(stderr) ?? error.message}`));
        }
        const credential = parse(stdout);
        if (credential === undefined) return reject(failed("did not return a credential."));
        resolve(credential);
      },
    );
    child.stdin?.end();
  });
}

function hint(config: ExecConfig): readonly string[] {
  return config.installHint === undefined ? [] : [config.installHint.trim()];
}

function lastLine(text: string): string | undefined {
  return text.trim().split("\n").at(-1) || undefined;
}

function parse(stdout: string): ExecCredential | undefined {
  try {
    const { status } = JSON.parse(stdout) as { status?: ExecCredential };
    return status?.token !== undefined || status?.clientCertificateData !== undefined ? status : undefined;
  } catch {
    return undefined;
  }
}
