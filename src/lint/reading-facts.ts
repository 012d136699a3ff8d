import type { RuleFacts } from "./rule.ts";

/** Findings about files that could not be fully read; they are never reported as clean. */
export const readingFacts = {
  readable: {
    id: "manifest/readable",
    title: "manifests can be read",
    explain:
      "gennet reads files like kubectl, Kustomize and Argo CD do. YAML with an apiVersion that they would reject fails. A template (Helm, Jinja, Terraform's *.yaml.tpl) is not YAML until it is rendered, so it is unknown, and so is a file that cannot be opened: lint the output of `helm template`, or waive the finding. gennet ignores YAML that is not a Kubernetes object, CustomResourceDefinitions, and the folders .git, .gennet, .venv, .terraform and node_modules.",
    severity: "fail",
    fix: "fix the YAML; for a template, lint its rendered output",
  },
  complete: {
    id: "manifest/complete",
    title: "Kustomize can build what is linted",
    explain:
      "gennet builds every kustomization that no other one uses with the `kustomize` or `kubectl` on the PATH, and checks the objects of the build. If Kustomize rejects a build, the finding has its error message. A build is unknown if it would fetch from the network, inflate a Helm chart or run a plug-in, all of which gennet never does; if it reads files outside the repository; if an unused Component does not build by itself; or if neither program is installed. The contents of such a build are unknown, except for parts that build by themselves and that the rest does not change.",
    severity: "unknown",
    fix: "run `kubectl kustomize` on the folder; if gennet cannot build it, lint its output",
  },
  present: {
    id: "manifest/present",
    title: "the path contains something to lint",
    explain:
      "A path without any Kubernetes object is not clean, because a mistyped path would otherwise always pass. Manifests are .yaml, .yml and .json files, and files in the repository that they link to.",
    severity: "unknown",
    fix: "pass the folder that contains the manifests",
  },
} as const satisfies Record<string, RuleFacts>;
