import { readFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { delimiter, join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Cluster } from "@kubernetes/client-node/dist/config_types.js";
import { AppError } from "../core/error.ts";
import { fileError } from "../core/file-error.ts";
import { type Access, agentOptions, type Authorisation, proxyFor, withOneContext } from "./access.ts";
import { type ExecConfig, execCredential } from "./exec-credential.ts";
import { type KubeCluster, type KubeconfigFile, type KubeUser, readKubeconfigFile } from "./kubeconfig-file.ts";
import { isLoopback } from "./transport.ts";

export interface KubeconfigSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly requestTimeoutMs: number;
}

/**
 * Returns access to the API server of a context, from the files in KUBECONFIG or from ~/.kube/config. Throws
 * KUBE_CONTEXT_UNKNOWN and KUBECONFIG_INVALID.
 */
export async function contextAccess(context: string, source: KubeconfigSource): Promise<Access> {
  const files = await readFiles(source);
  const { named, cluster } = clusterIn(files, context);
  const user = files.flatMap((file) => file.users).find((candidate) => candidate.name === named.user);
  if (user === undefined && named.user) {
    throw invalid(`Context "${context}" refers to the user "${named.user}", which does not exist.`);
  }
  return {
    server: verifiable(context, cluster),
    authorise: (signal) => authorise(context, cluster, user ?? { name: "anonymous" }, source, signal),
  };
}

/** The cluster that a context is of. */
export interface ContextCluster {
  readonly server: string;
  /** Base64 of the authority's PEM; absent if the context trusts what this machine trusts. */
  readonly authority?: string;
}

/** Returns the cluster of a context. Throws KUBE_CONTEXT_UNKNOWN and KUBECONFIG_INVALID. */
export async function contextCluster(context: string, source: KubeconfigSource): Promise<ContextCluster> {
  const { cluster } = clusterIn(await readFiles(source), context);
  const { caData, caFile } = cluster;
  const authority = caData ?? (caFile && (await readAuthority(context, caFile)));
  return { server: verifiable(context, cluster).href, ...(authority ? { authority } : {}) };
}

function clusterIn(files: readonly KubeconfigFile[], context: string) {
  const named = files.flatMap((file) => file.contexts).find((candidate) => candidate.name === context);
  if (named === undefined) throw unknownContext(context, files);
  // Like in kubectl, the first file that contains a name wins.
  const cluster = files.flatMap((file) => file.clusters).find((candidate) => candidate.name === named.cluster);
  if (cluster === undefined)
    throw invalid(`Context "${context}" refers to the cluster "${named.cluster}", which does not exist.`);
  return { named, cluster };
}

/** Returns the names of all contexts; undefined if there is no kubeconfig. Throws KUBECONFIG_INVALID. */
export async function contextNames(source: Pick<KubeconfigSource, "env" | "home">): Promise<string[] | undefined> {
  const files = (await Promise.all(pathsOf(source).map(readKubeconfigFile))).filter((file) => file !== undefined);
  return files.length === 0 ? undefined : [...new Set(files.flatMap((file) => file.contexts.map(({ name }) => name)))];
}

function pathsOf(source: Pick<KubeconfigSource, "env" | "home">): string[] {
  const named = source.env["KUBECONFIG"]?.split(delimiter).filter((path) => path !== "") ?? [];
  return named.length > 0 ? named : [join(source.home, ".kube", "config")];
}

async function readFiles(source: Pick<KubeconfigSource, "env" | "home">): Promise<readonly KubeconfigFile[]> {
  const paths = pathsOf(source);
  const files = await Promise.all(paths.map(readKubeconfigFile));
  const existing = files.filter((file) => file !== undefined);
  if (existing.length > 0) return existing;
  throw invalid(`There is no kubeconfig at ${paths.join(", ")}.`, [
    "aws eks update-kubeconfig --name CLUSTER  # writes one",
    "Set KUBECONFIG to the file to use.",
  ]);
}

function verifiable(context: string, cluster: Cluster): URL {
  if (!URL.canParse(cluster.server)) {
    throw invalid(`Context "${context}": the server "${cluster.server}" is not an address.`);
  }
  const server = new URL(cluster.server);
  if (server.protocol === "http:" && isLoopback(server.hostname)) return server;
  if (server.protocol === "https:" && !cluster.skipTLSVerify) return server;
  throw invalid(`Context "${context}" does not verify the identity of ${server.host}.`, [
    "Remove insecure-skip-tls-verify, and set certificate-authority-data to the cluster's CA.",
  ]);
}

/**
 * Authenticates with the client library, which supports certificates, tokens, OIDC and proxies, for one cluster and one
 * user.
 */
async function authorise(
  context: string,
  cluster: KubeCluster,
  user: KubeUser,
  source: KubeconfigSource,
  signal: AbortSignal,
): Promise<Authorisation> {
  const { user: ready, expires } = await withCredential(context, cluster, user, source, signal);
  const config = new KubeConfig();
  const proxyUrl = cluster.proxyUrl ?? proxyFor(cluster.server);
  config.loadFromClusterAndUser(
    // Plain HTTP has nothing to verify. It is only used on loopback, which `verifiable` has checked.
    { ...cluster, skipTLSVerify: cluster.server.startsWith("http:"), ...(proxyUrl === undefined ? {} : { proxyUrl }) },
    ready,
  );
  const options: RequestOptions = {};
  let agent: Authorisation["agent"];
  try {
    await config.applyToHTTPSOptions(options);
    agent = withOneContext(Object.assign(options.agent as Authorisation["agent"], agentOptions));
  } catch (error) {
    throw invalid(`Context "${context}": ${(error as Error).message}`);
  }
  const basic = options.auth == null ? {} : { authorization: `Basic ${Buffer.from(options.auth).toString("base64")}` };
  const headers = { ...(options.headers as Record<string, string> | undefined), ...basic };
  return { agent, headers, ...(expires === undefined ? {} : { expires }) };
}

async function withCredential(
  context: string,
  cluster: KubeCluster,
  user: KubeUser,
  source: KubeconfigSource,
  signal: AbortSignal,
): Promise<{ readonly user: KubeUser; readonly expires?: number }> {
  if (user.unsupported !== undefined) {
    throw invalid(
      `Context "${context}" impersonates with ${user.unsupported.join(", ")}, which gennet does not support.`,
    );
  }
  if (user.tokenFile !== undefined) {
    // The file is read again if the server rejects the token, because such tokens are renewed in their file.
    return { user: { ...user, token: await readToken(context, user.tokenFile) }, expires: Infinity };
  }
  // Like in kubectl, the plug-in is not run if the user has another credential.
  const { exec, ...rest } = user;
  if (exec == null || hasOwnCredential(user)) return { user: rest };
  const told = await clusterInfo(context, cluster);
  const options = { context, env: source.env, cluster: told, timeoutMs: source.requestTimeoutMs };
  const credential = await execCredential(exec as ExecConfig, options, signal);
  const encode = (pem: string): string => Buffer.from(pem).toString("base64");
  return {
    user: {
      ...rest,
      ...(credential.token === undefined ? {} : { token: credential.token }),
      ...(credential.clientCertificateData === undefined ? {} : { certData: encode(credential.clientCertificateData) }),
      ...(credential.clientKeyData === undefined ? {} : { keyData: encode(credential.clientKeyData) }),
    },
    // One minute early, so that it does not expire in transit. Without a date, it is fetched again after it is
    // rejected.
    expires:
      credential.expirationTimestamp === undefined ? Infinity : Date.parse(credential.expirationTimestamp) - 60_000,
  };
}

/** https://github.com/kubernetes/client-go/blob/v0.34.1/plugin/pkg/client/auth/exec/exec.go, UpdateTransportConfig */
function hasOwnCredential({ token, username, certData, certFile }: KubeUser): boolean {
  return [token, username, certData, certFile].some((each) => each !== undefined && each !== null && each !== "");
}

/** Returns the information for a plug-in with `provideClusterInfo`: everything that it needs to reach the cluster. */
async function clusterInfo(context: string, cluster: KubeCluster): Promise<Readonly<Record<string, unknown>>> {
  const { server, caData, caFile, tlsServerName, proxyUrl, execConfig } = cluster;
  const authority = caData ?? (caFile && (await readAuthority(context, caFile)));
  return {
    server,
    ...(authority ? { "certificate-authority-data": authority } : {}),
    ...(tlsServerName ? { "tls-server-name": tlsServerName } : {}),
    ...(proxyUrl ? { "proxy-url": proxyUrl } : {}),
    ...(execConfig === undefined ? {} : { config: execConfig }),
  };
}

async function readAuthority(context: string, path: string): Promise<string> {
  try {
    return (await readFile(path)).toString("base64");
  } catch (error) {
    const shownAs = `The certificate authority ${path} of context "${context}"`;
    throw fileError("KUBECONFIG_INVALID", "read", { path, shownAs }, error);
  }
}

/** Reads a token file, which takes precedence over `token`, like in kubectl. */
async function readToken(context: string, path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    throw fileError(
      "KUBECONFIG_INVALID",
      "read",
      { path, shownAs: `The token file ${path} of context "${context}"` },
      error,
    );
  }
}

function unknownContext(context: string, files: readonly KubeconfigFile[]): AppError {
  const known = [...new Set(files.flatMap((file) => file.contexts).map((each) => each.name))];
  return new AppError("KUBE_CONTEXT_UNKNOWN", `The kubeconfig has no context "${context}".`, {
    next: [known.length === 0 ? "It has no contexts." : `It has: ${known.join(", ")}`],
  });
}

function invalid(message: string, next: readonly string[] = ["kubectl config view"]): AppError {
  return new AppError("KUBECONFIG_INVALID", message, { next });
}
