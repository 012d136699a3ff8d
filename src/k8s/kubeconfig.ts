import { readFile } from "node:fs/promises";
import type { RequestOptions } from "node:https";
import { delimiter, dirname, join, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Cluster, User } from "@kubernetes/client-node/dist/config_types.js";
import { AppError } from "../core/error.ts";
import { type Access, agentOptions, type Authorisation, proxyFor, withOneContext } from "./access.ts";
import { type ExecConfig, execCredential } from "./exec-credential.ts";
import { isLoopback } from "./transport.ts";

export interface KubeconfigSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly requestTimeoutMs: number;
}

/**
 * The API server behind a context of the kubeconfig: of the files KUBECONFIG names, or of ~/.kube/config.
 * Throws KUBE_CONTEXT_UNKNOWN and KUBECONFIG_INVALID.
 */
export async function contextAccess(context: string, source: KubeconfigSource): Promise<Access> {
  const files = await readFiles(source);
  const named = files.flatMap((file) => file.contexts).find((candidate) => candidate.name === context);
  if (named === undefined) throw unknownContext(context, files);
  // As kubectl does it, the first file that has a name wins.
  const cluster = files.flatMap((file) => file.clusters).find((candidate) => candidate.name === named.cluster);
  if (cluster === undefined) throw invalid(`Context "${context}" names a cluster "${named.cluster}" that is nowhere.`);
  const user = files.flatMap((file) => file.users).find((candidate) => candidate.name === named.user);
  if (user === undefined && named.user) {
    throw invalid(`Context "${context}" names a user "${named.user}" that is nowhere, or whose token file is missing.`);
  }
  return {
    server: verifiable(context, cluster),
    authorise: (signal) => authorise(context, cluster, user ?? { name: "anonymous" }, source, signal),
  };
}

/** The contexts by name; undefined where there is no kubeconfig at all. Throws KUBECONFIG_INVALID. */
export async function contextNames(source: Pick<KubeconfigSource, "env" | "home">): Promise<string[] | undefined> {
  const found = (await Promise.all(pathsOf(source).map(readConfig))).filter((file) => file !== undefined);
  return found.length === 0 ? undefined : found.flatMap((file) => file.contexts.map((context) => context.name));
}

function pathsOf(source: Pick<KubeconfigSource, "env" | "home">): string[] {
  const named = source.env["KUBECONFIG"]?.split(delimiter).filter((path) => path !== "") ?? [];
  return named.length > 0 ? named : [join(source.home, ".kube", "config")];
}

async function readFiles(source: KubeconfigSource): Promise<readonly KubeConfig[]> {
  const paths = pathsOf(source);
  const files = await Promise.all(paths.map(readConfig));
  const found = files.filter((file) => file !== undefined);
  if (found.length > 0) return found;
  throw invalid(`There is no kubeconfig at ${paths.join(", ")}.`, [
    "aws eks update-kubeconfig --name CLUSTER   writes one",
    "Set KUBECONFIG to the file to use.",
  ]);
}

async function readConfig(path: string): Promise<KubeConfig | undefined> {
  const config = new KubeConfig();
  try {
    config.loadFromString(await readFile(path, "utf8"), { onInvalidEntry: "filter" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw invalid(`${path} cannot be read: ${(error as Error).message.split("\n")[0]}`);
  }
  config.makePathsAbsolute(dirname(path));
  for (const user of config.users) {
    const exec = user.exec as { command?: string } | null;
    // A plug-in named by a relative path is looked for beside the kubeconfig, one named by a word on the PATH.
    if (exec?.command?.includes("/")) exec.command = resolve(dirname(path), exec.command);
  }
  return config;
}

function verifiable(context: string, cluster: Cluster): URL {
  if (!URL.canParse(cluster.server)) {
    throw invalid(`Context "${context}": the server "${cluster.server}" is not an address.`);
  }
  const server = new URL(cluster.server);
  if (server.protocol === "http:" && isLoopback(server.hostname)) return server;
  if (server.protocol === "https:" && !cluster.skipTLSVerify) return server;
  throw invalid(`Context "${context}" reaches ${server.host} without verifying who answers.`, [
    "Remove insecure-skip-tls-verify and give the cluster's CA as certificate-authority-data.",
  ]);
}

/** The client library knows certificates, tokens, OIDC and proxies; it is given one cluster and one user. */
async function authorise(
  context: string,
  cluster: Cluster,
  user: User,
  source: KubeconfigSource,
  signal: AbortSignal,
): Promise<Authorisation> {
  const { user: ready, expires } = await withCredential(context, cluster, user, source, signal);
  const config = new KubeConfig();
  const proxyUrl = cluster.proxyUrl ?? proxyFor(cluster.server);
  config.loadFromClusterAndUser(
    // Over plain HTTP there is nothing to verify; that it is loopback has been made sure of.
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
  cluster: Cluster,
  user: User,
  source: KubeconfigSource,
  signal: AbortSignal,
): Promise<{ readonly user: User; readonly expires?: number }> {
  if (user.exec == null) return { user };
  const told = { server: cluster.server, "certificate-authority-data": cluster.caData };
  const options = { context, env: source.env, cluster: told, timeoutMs: source.requestTimeoutMs };
  const credential = await execCredential(user.exec as ExecConfig, options, signal);
  const { exec: _, ...rest } = user;
  const encode = (pem: string): string => Buffer.from(pem).toString("base64");
  return {
    user: {
      ...rest,
      ...(credential.token === undefined ? {} : { token: credential.token }),
      ...(credential.clientCertificateData === undefined ? {} : { certData: encode(credential.clientCertificateData) }),
      ...(credential.clientKeyData === undefined ? {} : { keyData: encode(credential.clientKeyData) }),
    },
    // A minute early, so that it does not expire on the way. Without a date it is had anew when it is refused.
    expires:
      credential.expirationTimestamp === undefined ? Infinity : Date.parse(credential.expirationTimestamp) - 60_000,
  };
}

function unknownContext(context: string, files: readonly KubeConfig[]): AppError {
  const known = [...new Set(files.flatMap((file) => file.contexts).map((each) => each.name))];
  return new AppError("KUBE_CONTEXT_UNKNOWN", `The kubeconfig has no context "${context}".`, {
    next: [known.length === 0 ? "It has no context at all." : `It has: ${known.join(", ")}`],
  });
}

function invalid(message: string, next: readonly string[] = ["kubectl config view"]): AppError {
  return new AppError("KUBECONFIG_INVALID", message, { next });
}
