import { field, list, text } from "./fields.ts";
import type { Manifest } from "./manifest.ts";

/** An answer that needs a cluster's name for its address, or a generator's values, is undefined. */
export type Allowed = boolean | undefined;

export interface Destination {
  readonly server: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string;
}

const inCluster = { server: "https://kubernetes.default.svc", name: "in-cluster" };

/** As Argo CD decides it (pkg/apis/application/v1alpha1, IsSourcePermitted): `*` stops at a slash, `!` forbids. */
export function allowsSource(project: Manifest, url: string): Allowed {
  if (isGenerated(url)) return undefined;
  let allowed = false;
  for (const pattern of list(project.value, "spec", "sourceRepos")) {
    if (typeof pattern !== "string") continue;
    if (pattern.startsWith("!")) {
      if (glob(normalised(pattern.slice(1)), normalised(url), true)) return false;
    } else if (pattern === "*" || glob(normalised(pattern), normalised(url), true)) allowed = true;
  }
  return allowed;
}

/** As Argo CD decides it (isDestinationMatched); there `*` also stands for slashes. */
export function allowsDestination(project: Manifest, given: Destination): Allowed {
  const destination = completed(given);
  if (
    [destination.server, destination.name, destination.namespace].some(
      (each) => each !== undefined && isGenerated(each),
    )
  ) {
    return undefined;
  }
  let allowed = false;
  let isOpen = false;
  for (const item of list(project.value, "spec", "destinations")) {
    const byServer = matches(text(item, "server"), destination.server);
    const byName = matches(text(item, "name"), destination.name);
    const byNamespace = matches(text(item, "namespace") ?? "", destination.namespace) === true;
    const isServer = byServer === true || byName === true;
    if (isServer && byNamespace) allowed = true;
    else if (byNamespace && (byServer === undefined || byName === undefined)) isOpen = true;
    const forbids = (key: string): boolean => text(item, key)?.startsWith("!") === true;
    if (forbids("namespace") && isServer && !byNamespace) return false;
    if (byNamespace && ((forbids("server") && byServer === false) || (forbids("name") && byName === false)))
      return false;
  }
  return allowed || (isOpen ? undefined : false);
}

/** Undefined where one side is not known: a project may name servers, and an application a cluster. */
function matches(pattern: string | undefined, value: string | undefined): boolean | undefined {
  if (pattern === undefined) return false;
  if (pattern === "*") return true;
  if (value === undefined) return undefined;
  return pattern.startsWith("!") ? !glob(pattern.slice(1), value, false) : glob(pattern, value, false);
}

function completed(destination: Destination): Destination {
  const { server, name } = destination;
  if (server === inCluster.server || name === inCluster.name) return { ...destination, ...inCluster };
  return destination;
}

export function destinationOf(application: unknown): Destination {
  return {
    server: text(application, "destination", "server"),
    name: text(application, "destination", "name"),
    namespace: text(application, "destination", "namespace") ?? "",
  };
}

/** Every repository of an application, with the path of the field that names it. */
export function repositoriesOf(application: unknown): readonly { url: string; path: readonly (string | number)[] }[] {
  const one = text(application, "source", "repoURL");
  const many = list(application, "sources").flatMap((source, index) => {
    const url = text(source, "repoURL");
    return url === undefined ? [] : [{ url, path: ["sources", index, "repoURL"] }];
  });
  return one === undefined ? many : [{ url: one, path: ["source", "repoURL"] }, ...many];
}

/** Whether an ApplicationSet's generator fills it in. */
export function isGenerated(value: string): boolean {
  return value.includes("{{");
}

/** Whether the project lets everything through. */
export function isBoundless({ value }: Manifest): boolean {
  const all = list(value, "spec", "destinations").some((each) => {
    return [field(each, "server") ?? field(each, "name"), field(each, "namespace")].every((name) => name === "*");
  });
  return all && list(value, "spec", "sourceRepos").includes("*");
}

/** `git@host:path` and `https://host/path.git` name one repository. */
function normalised(url: string): string {
  return url
    .trim()
    .toLowerCase()
    .replace(/^git@([^:/]+):/, "ssh://git@$1/")
    .replace(/\.git$/, "");
}

function glob(pattern: string, value: string, stopsAtSlash: boolean): boolean {
  const any = stopsAtSlash ? "[^/]*" : ".*";
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map((part) => {
      if (part === "**") return ".*";
      if (part === "*") return any;
      return part === "?" ? "." : part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`).test(value);
}
