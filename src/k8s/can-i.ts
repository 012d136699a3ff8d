import { shell } from "../core/shell-words.ts";

/** A permission that is missing according to RBAC. */
export interface MissingRight {
  readonly verb: string;
  /** Plural, with its group: `deployments.apps`. */
  readonly resource: string;
  readonly subresource?: string;
  /** Absent if it is needed in the whole cluster. */
  readonly namespace?: string;
}

/** Cluster-scoped kinds that gennet reads: `kubectl auth can-i` warns about -A for these. */
const clusterScoped: ReadonlySet<string> = new Set([
  "namespaces",
  "nodes",
  "persistentvolumes",
  "customresourcedefinitions.apiextensions.k8s.io",
  "clustersecretstores.external-secrets.io",
  "clusterexternalsecrets.external-secrets.io",
]);

/**
 * Parses the missing permission from the API server's message about a denied request, or returns undefined. The
 * messages: https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/handlers/responsewriters/errors.go
 */
export function missingRight(message: string): MissingRight | undefined {
  const [, verb, path, group = "", where] =
    / cannot (\S+) resource "([^"]+)" in API group "([^"]*)" (at the cluster scope|in the namespace "[^"]*")/.exec(
      message,
    ) ?? [];
  if (verb === undefined || path === undefined) return undefined;
  const [plural = "", subresource] = path.split("/");
  const namespace = /^in the namespace "(.*)"$/.exec(where ?? "")?.[1];
  return {
    verb,
    resource: group === "" ? plural : `${plural}.${group}`,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/**
 * Returns the command that checks the permission; `kubectl` is how commands for the cluster begin: `kubectl --context
 * eu`.
 */
export function canI(kubectl: string, { verb, resource, subresource, namespace }: MissingRight): string {
  const sub = subresource === undefined ? "" : shell` --subresource=${subresource}`;
  const where = namespace === undefined ? (clusterScoped.has(resource) ? "" : " -A") : shell` -n ${namespace}`;
  return `${kubectl} auth can-i ${shell`${verb} ${resource}`}${sub}${where}`;
}

/** Returns whether the permission was needed in the whole cluster, but one namespace could be enough. */
export function mayBeNarrowed({ resource, namespace }: MissingRight): boolean {
  return namespace === undefined && (resource === "namespaces" || !clusterScoped.has(resource));
}
