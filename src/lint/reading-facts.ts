import type { RuleFacts } from "./rule.ts";

/** What is said of files that were not, or not wholly, understood: never that they are clean. */
export const readingFacts = {
  readable: {
    id: "manifest/readable",
    title: "manifests can be read",
    explain:
      "Files are read as kubectl, Kustomize and Argo CD read them. YAML with an apiVersion that they refuse fails. A template (Helm, Jinja, Terraform's *.yaml.tpl) is no YAML until it is rendered, so what it becomes is unknown, as is a file that cannot be opened: lint what `helm template` prints, or waive it. YAML that is no Kubernetes object is passed over, and so are CustomResourceDefinitions and the folders .git, .gennet, .venv, .terraform and node_modules.",
    severity: "fail",
    fix: "fix the YAML; for a template, lint what it renders to",
  },
  complete: {
    id: "manifest/complete",
    title: "Kustomize builds what is linted",
    explain:
      "Every kustomization that no other one uses is built by the `kustomize` or `kubectl` on the PATH, and the rules look at the objects of the build. A build that Kustomize refuses fails with its own words. A build is unknown where it would fetch from the network, inflate a Helm chart or run a plug-in, which gennet never does; where it reads files outside the repository; where a Component that nothing uses does not build by itself; and where neither program is there. What such a build contains is unknown, except for parts of it that are built and that nothing above them changes.",
    severity: "unknown",
    fix: "run `kubectl kustomize` on the folder; lint what it prints where gennet cannot build it",
  },
  present: {
    id: "manifest/present",
    title: "there is something to lint",
    explain:
      "A path without a single Kubernetes object is not clean: a mistyped path would be green for ever. Manifests are .yaml, .yml and .json files, and what they link to inside the repository.",
    severity: "unknown",
    fix: "name the folder that holds the manifests",
  },
} as const satisfies Record<string, RuleFacts>;
