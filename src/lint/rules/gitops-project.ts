import { ownCluster } from "../../core/argocd-names.ts";
import { type ArgoCluster, argoClustersIn } from "../argocd-clusters.ts";
import { field, type Path, text } from "../fields.ts";
import {
  allowsDestination,
  allowsNamespace,
  allowsSource,
  deadSourcePatterns,
  destinationOf,
  isBoundless,
  isGenerated,
  isInEks,
  repositoriesOf,
} from "../gitops-project.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Rule } from "../rule.ts";
import type { Observation } from "../observation.ts";

export const gitopsProject: Rule = {
  id: "gitops/project",
  title: "an Application stays within its AppProject",
  explain:
    "A project restricts the sources and destinations of its Applications; the project default restricts nothing unless the tree declares it with restrictions. An Application fails if its project is default; if the tree declares AppProjects but not this one; if it is in a different namespace than the project and sourceNamespaces does not include it; or if the project's patterns do not allow its repository or destination. gennet reads patterns like Argo CD: braces and brackets are alternatives in names, servers and namespaces, but in a repository's address braces match nothing, because Argo CD escapes them first. The template of an ApplicationSet is checked in the same way; values that its generators fill in are unknown unless the project allows everything. A cluster's name can only be compared with a server's address if the tree contains the cluster's Secret; otherwise the result is unknown. Argo CD of EKS has no cluster of its own: where a project names clusters by ARNs, so must its Applications.",
  severity: "fail",
  fix: "use the right project, or allow the repository and destination in it",
  examine(unit, tree) {
    const beside = tree.beside(unit);
    const projects = beside.filter((each) => isKind(each, "argoproj.io", "AppProject"));
    const clusters = argoClustersIn(beside);
    return unit.manifests.flatMap((each) => {
      if (isKind(each, "argoproj.io", "Application")) return judge(each, ["spec"], projects, clusters);
      if (isKind(each, "argoproj.io", "ApplicationSet"))
        return judge(each, ["spec", "template", "spec"], projects, clusters);
      return [];
    });
  },
};

function judge(
  manifest: Manifest,
  at: Path,
  projects: readonly Manifest[],
  clusters: readonly ArgoCluster[],
): Observation[] {
  const application = field(manifest.value, ...at);
  if (application === undefined) return [];
  const name = text(application, "project") || "default";
  const path = [...at, "project"];
  if (isGenerated(name))
    return [{ manifest, path, summary: "its project is filled in by a generator", severity: "unknown" }];
  const project = projects.find((each) => each.name === name);
  if (name === "default" && (project === undefined || isBoundless(project))) {
    return [{ manifest, path, summary: "is in the project default, which restricts nothing" }];
  }
  if (project === undefined) {
    if (projects.length === 0) return [];
    return [
      {
        manifest,
        path,
        summary: `its project ${name} is not among the AppProjects of the tree`,
        lacks: ["AppProject"],
      },
    ];
  }
  const home = said(
    allowsNamespace(project, manifest.namespace),
    { manifest, path: ["metadata", "namespace"] },
    `Applications in namespace ${manifest.namespace}`,
    project,
  ).map((each) => ({ ...each, fix: `add the namespace to spec.sourceNamespaces of AppProject ${project.name}` }));
  const sources = repositoriesOf(application).flatMap((source) =>
    said(
      allowsSource(project, source.url),
      { manifest, path: [...at, ...source.path] },
      source.url,
      project,
      deadSourcePatterns(project),
    ),
  );
  const { server, name: cluster, namespace } = destinationOf(application);
  const shown = `${cluster ?? server ?? "no cluster"}, namespace ${namespace || "(none)"}`;
  const target = allowsDestination(project, destinationOf(application), clusters);
  const aimed = said(target, { manifest, path: [...at, "destination"] }, shown, project);
  const isUnknownToEks = server === ownCluster.server && isInEks(project);
  return [...home, ...sources, ...aimed.map((each) => (isUnknownToEks ? { ...each, fix: byArn } : each))];
}

/** It knows no other name of a cluster. */
const byArn = "name the cluster by its ARN, as its project does: gennet service update does so for services";

function said(
  allowed: boolean | undefined,
  where: Pick<Observation, "manifest" | "path">,
  what: string,
  project: Manifest,
  dead: readonly string[] = [],
): Observation[] {
  if (allowed === true) return [];
  if (allowed === false) {
    const note = dead.length === 0 ? "" : ` (Argo CD escapes addresses, so its pattern ${dead[0]} matches nothing)`;
    const are = what.startsWith("Applications") ? "are" : "is";
    return [{ ...where, summary: `${what} ${are} not allowed by its project ${project.name}${note}` }];
  }
  return [{ ...where, summary: `the tree does not show whether ${project.name} allows ${what}`, severity: "unknown" }];
}
