import { AppError } from "../../core/error.ts";
import { remembered } from "../../core/shared.ts";
import type { Cluster } from "../port.ts";
import { type AppProjects, defaultNamespace } from "./app-projects.ts";
import { globMatches } from "../../core/glob.ts";
import type { Application } from "./port.ts";

type Settings = Readonly<Record<string, string>>;

/** Reads settings of Argo CD. Undefined if they do not exist, or if the user may not read them. */
export type ReadSettings = (name: string, namespace: string, signal: AbortSignal) => Promise<Settings | undefined>;

export function createReadSettings(cluster: Cluster): ReadSettings {
  const read = remembered<Settings | undefined>();
  return (name, namespace, signal) =>
    read(`${namespace}/${name}`, async () => {
      try {
        const found = await cluster.get({ apiVersion: "v1", kind: "ConfigMap", name, namespace }, signal);
        return found && ((found["data"] ?? {}) as Settings);
      } catch (error) {
        if (error instanceof AppError && error.code === "KUBE_DENIED") return undefined;
        throw error;
      }
    });
}

/**
 * Returns why no controller reconciles an Application. A controller watches its own namespace and those in
 * `application.namespaces` (https://argo-cd.readthedocs.io/en/stable/operator-manual/app-any-namespace/), and the
 * project must permit the namespace, too. An Application that was compared is watched, whatever the settings suggest.
 */
export async function unwatched(
  application: Application,
  settings: ReadSettings,
  projects: AppProjects,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { namespace, controllerNamespace, project } = application;
  if (controllerNamespace !== undefined) {
    return controllerNamespace === namespace ? undefined : notPermitted();
  }
  // Argo CD itself is installed here.
  if ((await settings("argocd-cm", namespace, signal)) !== undefined) return undefined;
  const home = (await projects.of(application, signal))?.metadata.namespace ?? defaultNamespace;
  if (home === namespace || (await settings("argocd-cm", home, signal)) === undefined) return undefined;
  const patterns = (await settings("argocd-cmd-params-cm", home, signal))?.["application.namespaces"] ?? "";
  if (patterns.split(",").some((pattern) => isMatch(pattern.trim(), namespace))) return notPermitted();
  return `Argo CD in the namespace ${home} does not watch the namespace ${namespace}: application.namespaces of the ConfigMap argocd-cmd-params-cm ${patterns === "" ? "is not set" : `is "${patterns}"`}`;

  async function notPermitted(): Promise<string | undefined> {
    const found = await projects.of(application, signal);
    const patterns = found?.spec?.sourceNamespaces ?? [];
    if (found === undefined || patterns.some((pattern) => isMatch(pattern, namespace))) return undefined;
    return `the AppProject ${project} does not permit Applications in the namespace ${namespace} (spec.sourceNamespaces)`;
  }
}

/** Matches a glob or, between slashes, a regular expression. */
function isMatch(pattern: string, text: string): boolean {
  if (!(pattern.length > 1 && pattern.startsWith("/") && pattern.endsWith("/"))) return globMatches(pattern, text);
  try {
    return new RegExp(pattern.slice(1, -1)).test(text);
  } catch {
    return false;
  }
}
