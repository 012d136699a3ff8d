import { type ArgoCluster, clustersIn } from "../argocd-clusters.ts";
import { field, type Path, text } from "../fields.ts";
import {
  allowsDestination,
  allowsNamespace,
  allowsSource,
  deadSourcePatterns,
  destinationOf,
  isBoundless,
  isGenerated,
  repositoriesOf,
} from "../gitops-project.ts";
import { isKind, type Manifest } from "../manifest.ts";
import type { Observation, Rule } from "../rule.ts";

export const gitopsProject: Rule = {
  id: "gitops/project",
  title: "an Application keeps to its AppProject",
  explain:
    "A project bounds what an Application may deploy from where to where; the project default bounds nothing unless it is declared with bounds. An Application fails where its project is default, where the tree declares AppProjects but not this one, where it is in another namespace than the project, whose sourceNamespaces do not have it, and where its repository or destination is not allowed by the project's patterns, read as Argo CD reads them: braces and brackets are alternatives in names, servers and namespaces, but braces in a repository's address match nothing, because Argo CD escapes them first. The template of an ApplicationSet is asked the same; what its generators fill in is unknown wherever the project does not allow everything. A cluster's name can be compared with a server's address only where the tree has the cluster's Secret, and is unknown otherwise.",
  severity: "fail",
  fix: "name the project that is for it, or allow the repository and destination there",
  examine(unit, tree) {
    const beside = tree.beside(unit);
    const projects = beside.filter((each) => isKind(each, "argoproj.io", "AppProject"));
    const clusters = clustersIn(beside);
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
    return [{ manifest, path, summary: "its project comes from a generator", severity: "unknown" }];
  const project = projects.find((each) => each.name === name);
  if (name === "default" && (project === undefined || isBoundless(project))) {
    return [{ manifest, path, summary: "is in the project default, which bounds nothing" }];
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
  return [...home, ...sources, ...said(target, { manifest, path: [...at, "destination"] }, shown, project)];
}

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
  return [
    { ...where, summary: `whether ${project.name} allows ${what} is not known from the tree`, severity: "unknown" },
  ];
}
