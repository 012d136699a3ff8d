import { isNameOfEks, ownCluster } from "../core/argocd-names.ts";
import { globMatches } from "../core/glob.ts";
import type { ArgoCluster } from "./argocd-clusters.ts";
import { field, list, type Path, text, texts } from "./fields.ts";
import type { Manifest } from "./manifest.ts";
import { normalGitUrl } from "./normal-git-url.ts";
import { placeholderIn } from "./placeholders.ts";

/** Undefined if the answer depends on a cluster's address that is not in the tree, or on a generator's values. */
export type Allowed = boolean | undefined;

export interface Destination {
  readonly server: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string;
}

/**
 * Returns whether a project allows a repository. `*` does not match slashes, and patterns after `!` deny.
 * https://github.com/argoproj/argo-cd/blob/v3.5.7/pkg/apis/application/v1alpha1/app_project_types.go, IsSourcePermitted
 */
export function allowsSource(project: Manifest, url: string): Allowed {
  if (isGenerated(url)) return undefined;
  const address = normalGitUrl(url);
  let allowed = false;
  for (const pattern of list(project.value, "spec", "sourceRepos")) {
    if (typeof pattern !== "string") continue;
    const denies = pattern.startsWith("!");
    const isMatch = matchesPattern(normalGitUrl(denies ? pattern.slice(1) : pattern), address, "/");
    if (denies && isMatch) return false;
    if (denies || isMatch) allowed = true;
  }
  return allowed;
}

/** Returns the repository patterns of a project that match no address, because Argo CD escapes or rejects them. */
export function deadSourcePatterns(project: Manifest): readonly string[] {
  return list(project.value, "spec", "sourceRepos").filter((pattern): pattern is string => {
    if (typeof pattern !== "string") return false;
    const normal = normalGitUrl(pattern);
    return /[{}*?[\]]/.test(pattern) && (normal === "" || /%7[BD]/.test(normal));
  });
}

/**
 * Returns whether a project allows a destination, given the address and name of its cluster. Here, `*` matches slashes,
 * too. https://github.com/argoproj/argo-cd/blob/v3.5.7/pkg/apis/application/v1alpha1/app_project_types.go,
 * isDestinationMatched
 */
export function allowsDestination(
  project: Manifest,
  given: Destination,
  clusters: readonly ArgoCluster[] = [],
): Allowed {
  const destination = completed(given, clusters, project);
  const { server, name, namespace } = destination;
  if ([server, name, namespace].some((each) => each !== undefined && isGenerated(each))) return undefined;
  let allowed: Allowed = false;
  let denied: Allowed = false;
  for (const item of list(project.value, "spec", "destinations")) {
    const byServer = matches(text(item, "server"), server);
    const byName = matches(text(item, "name"), name);
    const byNamespace = matches(text(item, "namespace"), namespace);
    const matched = both(either(byServer, byName), byNamespace);
    const isDenied = (key: string, match: Allowed): Allowed =>
      text(item, key)?.startsWith("!") === true ? not(match) : false;
    const denies = either(
      either(isDenied("name", byName), both(isDenied("server", byServer), byNamespace)),
      both(isDenied("namespace", byNamespace), byServer),
    );
    allowed = either(allowed, matched);
    denied = either(denied, both(not(matched), denies));
  }
  if (allowed === true && field(project.value, "spec", "permitOnlyProjectScopedClusters") === true) allowed = undefined;
  return both(allowed, not(denied));
}

/**
 * Returns whether a project allows Applications in a namespace: always in its own, and in others if sourceNamespaces
 * contains them, as patterns or as regular expressions between slashes.
 * https://github.com/argoproj/argo-cd/blob/v3.5.7/pkg/apis/application/v1alpha1/app_project_types.go,
 * IsAppNamespacePermitted
 */
export function allowsNamespace(project: Manifest, namespace: string | undefined): Allowed {
  const patterns = texts(project.value, "spec", "sourceNamespaces");
  if (namespace === undefined || project.namespace === undefined || namespace === project.namespace) return true;
  if (patterns.some((pattern) => isInNamespace(pattern, namespace))) return true;
  return [namespace, project.namespace, ...patterns].some((each) => placeholderIn(each) !== undefined)
    ? undefined
    : false;
}

function isInNamespace(pattern: string, namespace: string): boolean {
  const expression = /^\/(.*)\/$/s.exec(pattern)?.[1];
  if (expression === undefined) return globMatches(pattern, namespace);
  try {
    return new RegExp(expression).test(namespace);
  } catch {
    return false;
  }
}

function matches(pattern = "", value: string | undefined): Allowed {
  if (pattern === "*") return true;
  if (value === undefined) return pattern === "" ? false : undefined;
  return pattern.startsWith("!") ? !matchesPattern(pattern.slice(1), value) : matchesPattern(pattern, value);
}

function matchesPattern(pattern: string, value: string, separators = ""): boolean {
  return pattern === "*" || globMatches(pattern, value, separators);
}

function both(one: Allowed, other: Allowed): Allowed {
  if (one === false || other === false) return false;
  return one === true && other === true ? true : undefined;
}

function either(one: Allowed, other: Allowed): Allowed {
  return not(both(not(one), not(other)));
}

function not(one: Allowed): Allowed {
  return one === undefined ? undefined : !one;
}

/**
 * Argo CD identifies a cluster by either. If two Secrets are for the same cluster, it is unknown which one Argo CD
 * uses. Where clusters are named by ARNs, EKS runs Argo CD, which knows no cluster unless a Secret is for it.
 */
function completed(destination: Destination, clusters: readonly ArgoCluster[], project: Manifest): Destination {
  const { server, name } = destination;
  const [only, ...others] = clusters.filter((each) => each.server === server || each.name === name);
  if (only !== undefined) return others.length > 0 ? destination : { ...destination, ...only };
  const isOwn = server === ownCluster.server || name === ownCluster.name;
  return isOwn && !isInEks(project) ? { ...destination, ...ownCluster } : destination;
}

/** Returns whether a project names clusters as only Argo CD of EKS knows them. */
export function isInEks(project: Manifest): boolean {
  return list(project.value, "spec", "destinations").some((each) => isNameOfEks(text(each, "server")));
}

export function destinationOf(application: unknown): Destination {
  return {
    server: text(application, "destination", "server") || undefined,
    name: text(application, "destination", "name") || undefined,
    namespace: text(application, "destination", "namespace") ?? "",
  };
}

/** Returns every repository that an application uses, with the path of the field that names it. */
export function repositoriesOf(application: unknown): readonly { url: string; path: Path }[] {
  const hydrated = [
    ["sourceHydrator", "drySource", "repoURL"],
    ["sourceHydrator", "syncSource", "repoURL"],
  ];
  const many = list(application, "sources").map((_, index) => ["sources", index, "repoURL"]);
  // Argo CD ignores `source` if `sources` is set.
  const paths =
    field(application, "sourceHydrator") != null ? hydrated : many.length > 0 ? many : [["source", "repoURL"]];
  return paths.flatMap((path) => {
    const url = text(application, ...path);
    return url === undefined ? [] : [{ url, path }];
  });
}

/** Returns whether an ApplicationSet's generator fills in the value. */
export function isGenerated(value: string): boolean {
  return value.includes("{{");
}

/** Returns whether the project allows everything. */
export function isBoundless({ value }: Manifest): boolean {
  const all = list(value, "spec", "destinations").some((each) => {
    return [field(each, "server") ?? field(each, "name"), field(each, "namespace")].every((name) => name === "*");
  });
  return all && list(value, "spec", "sourceRepos").includes("*");
}
