import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Cluster, Context, User } from "@kubernetes/client-node/dist/config_types.js";
import { load } from "js-yaml";
import { AppError } from "../core/error.ts";
import { fileError } from "../core/file-error.ts";
import { shell } from "../core/shell-words.ts";

/**
 * A user as kubectl reads it. The client library supports neither `tokenFile` nor impersonation beyond the user name.
 */
export interface KubeUser extends User {
  /** Absolute. */
  readonly tokenFile?: string;
  /** Impersonation settings in use that gennet does not support: `as-groups`. */
  readonly unsupported?: readonly string[];
}

/** A cluster as kubectl reads it. The client library ignores the extension for credential plug-ins. */
export interface KubeCluster extends Cluster {
  /** The extension `client.authentication.k8s.io/exec`. */
  readonly execConfig?: unknown;
}

/** The contents of a kubeconfig file, without invalid entries. */
export interface KubeconfigFile {
  readonly contexts: readonly Context[];
  readonly clusters: readonly KubeCluster[];
  readonly users: readonly KubeUser[];
}

type Section = "contexts" | "clusters" | "users";

interface Entry {
  readonly name?: unknown;
  readonly cluster?: Readonly<Record<string, unknown>> | null;
  readonly user?: Readonly<Record<string, unknown>> | null;
}

type Written = Readonly<Partial<Record<Section, readonly (Entry | null)[] | null>>>;

const sections: readonly Section[] = ["contexts", "clusters", "users"];
const impersonation = ["as-uid", "as-groups", "as-user-extra"] as const;

/**
 * Reads a kubeconfig file like kubectl: an empty file and a list that is `null` have no entries, and relative paths
 * start at the file's folder. Undefined if the file does not exist. Throws KUBECONFIG_INVALID.
 */
export async function readKubeconfigFile(path: string): Promise<KubeconfigFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw fileError("KUBECONFIG_INVALID", "read", { path }, error);
  }
  const written = parsed(text, path);
  for (const section of sections) refuseDuplicates(written, section, path);
  const config = new KubeConfig();
  config.loadFromString(JSON.stringify({ ...written, users: written.users?.map(withoutTokenFile) }), {
    onInvalidEntry: "filter",
  });
  config.makePathsAbsolute(dirname(path));
  return {
    contexts: config.contexts,
    clusters: config.clusters.map((cluster) => withExecConfig(cluster, written)),
    users: config.users.map((user) => completed(user, written, dirname(path))),
  };
}

function parsed(text: string, path: string): Written {
  let value: unknown;
  try {
    // As JSON, because kubectl uses the last one of duplicate keys.
    value = load(text, { json: true });
  } catch (error) {
    throw unreadable(path, (error as Error).message.split("\n")[0]?.replace(/:$/, "") ?? "");
  }
  if (value === null || value === undefined) return {};
  if (typeof value !== "object" || Array.isArray(value))
    throw unreadable(path, "it is not a mapping of keys to values");
  const lists = sections.map((section) => [section, (value as Written)[section] ?? []] as const);
  const stray = lists.find(([, list]) => !Array.isArray(list));
  if (stray !== undefined) throw unreadable(path, `its ${stray[0]} are not a list`);
  return Object.fromEntries(lists);
}

/** Throws if a file has duplicate names, like kubectl. If several files have the same name, the first one wins. */
function refuseDuplicates(written: Written, section: Section, path: string): void {
  const seen = (written[section] ?? []).flatMap((entry) => (typeof entry?.name === "string" ? [entry.name] : []));
  const twice = seen.find((name, at) => seen.indexOf(name) !== at);
  if (twice !== undefined) throw unreadable(path, `its ${section} contain "${twice}" twice`);
}

/** Removes `token-file`, which the client library would read from the current folder. */
function withoutTokenFile(entry: Entry | null): unknown {
  if (entry?.user === null || entry?.user === undefined) return entry ?? {};
  const { "token-file": _, ...user } = entry.user;
  return { ...entry, user };
}

function completed(user: User, { users = [] }: Written, folder: string): KubeUser {
  const written = users?.find((each) => each?.name === user.name)?.user ?? {};
  const tokenFile = written["tokenFile"];
  const unsupported = impersonation.filter((key) => written[key] !== undefined && written[key] !== null);
  const exec = user.exec as { readonly command?: string } | null | undefined;
  // A relative path to a plug-in starts at the folder of the kubeconfig; a plain name is looked up on the PATH.
  const command = exec?.command?.includes("/") === true ? resolve(folder, exec.command) : exec?.command;
  return {
    ...user,
    ...(exec == null ? {} : { exec: { ...exec, command } }),
    ...(typeof tokenFile === "string" && tokenFile !== "" ? { tokenFile: resolve(folder, tokenFile) } : {}),
    ...(unsupported.length === 0 ? {} : { unsupported }),
  };
}

function withExecConfig(cluster: Cluster, { clusters }: Written): KubeCluster {
  const extensions = clusters?.find((each) => each?.name === cluster.name)?.cluster?.["extensions"];
  const found = Array.isArray(extensions)
    ? (extensions as readonly ({ name?: unknown; extension?: unknown } | null)[]).find(
        (each) => each?.name === "client.authentication.k8s.io/exec",
      )
    : undefined;
  return found?.extension === undefined ? cluster : { ...cluster, execConfig: found.extension };
}

function unreadable(path: string, why: string): AppError {
  return new AppError("KUBECONFIG_INVALID", `The kubeconfig ${path} cannot be read: ${why}.`, {
    next: [shell`kubectl --kubeconfig ${path} config view`],
  });
}
