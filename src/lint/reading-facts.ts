import type { RuleFacts } from "./rule.ts";

/** What is said of files that were not, or not wholly, understood: never that they are clean. */
export const readingFacts = {
  readable: {
    id: "manifest/readable",
    title: "manifests can be read",
    explain:
      "Broken YAML with an apiVersion fails: no cluster takes it either. A template (Helm and its like) is no YAML until it is rendered, so what it becomes is unknown: lint what `helm template` prints, or waive it. YAML that is no Kubernetes object is passed over, and so are CustomResourceDefinitions and the folders .git, .gennet, .venv, .terraform and node_modules.",
    severity: "fail",
    fix: "mend the YAML; for a template, lint what it renders to",
  },
  complete: {
    id: "manifest/complete",
    title: "Kustomize builds are understood",
    explain:
      "A Kustomize build is read as its resources, bases and components, its namespace and replicas, strategic merge patches, and JSON patches that add, replace or remove. The rest (remote resources, Helm charts, generators and transformers of others, replacements, patches by label) is not, and neither are resources outside of the path that is linted. What may be different because of it is unknown: the rules then say neither that it is well nor that it fails.",
    severity: "unknown",
    fix: "lint what `kustomize build` prints, or the folder that holds all of it",
  },
} as const satisfies Record<string, RuleFacts>;
