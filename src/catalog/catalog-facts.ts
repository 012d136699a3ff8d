import type { Check } from "../core/check.ts";
import type { LocatedFinding, Severity, SourceLocation } from "../core/finding.ts";

/** What there is to say of a finding about the catalogue, wherever it is found. */
export interface CatalogFacts extends Pick<Check<never>, "id" | "title" | "explain"> {
  readonly severity: Severity;
  readonly fix: string;
}

export const catalogFacts = {
  readable: {
    id: "catalog/readable",
    title: "every catalog-info.yaml can be read",
    explain:
      "The catalogue is what the files named catalog-info.yaml say, all documents of each. One that is broken YAML, larger than 1 MiB, a link, a folder or not readable fails, and so does an entity without a kind or a name that Backstage takes (letters, digits, -, _ and ., at most 63): the services in it are missing from every answer. Links are not followed. A template (with {{ or <%) is no entity until it is rendered, and passed over. The folders .git, .gennet, .venv, .terraform and node_modules are not looked at, nor what an entity of kind Location names.",
    severity: "fail",
    fix: "correct the file at this place",
  },
  unique: {
    id: "catalog/unique",
    title: "every service is declared once",
    explain:
      "Two components of one name in one namespace: Backstage takes one of them and reports a conflict for the other. Here the first by its path counts.",
    severity: "fail",
    fix: "give one of them another name, or remove it",
  },
  reference: {
    id: "catalog/reference",
    title: "dependencies are references to entities",
    explain:
      "An entry of spec.dependsOn is a reference with a kind, such as component:payments or resource:default/orders-db. Backstage refuses anything else, and nothing can be said about it here.",
    severity: "warn",
    fix: "write component:NAME or resource:NAME",
  },
  dependency: {
    id: "catalog/dependency",
    title: "services depend on services of the catalogue",
    explain:
      "A component names another one in spec.dependsOn that no catalog-info.yaml here declares: the name is mistyped, the service is gone, or it lives in another repository.",
    severity: "warn",
    fix: "correct the name, or look at a folder that holds both services",
  },
  cycle: {
    id: "catalog/cycle",
    title: "services do not depend on each other in a circle",
    explain:
      "Each service of a cycle needs all the others to work, so none of them can be deployed, tested or recovered by itself, and a slow one slows them all. It is told at the dependency that closes the circle.",
    severity: "warn",
    fix: "turn one of these calls into an event, or move what both need into a third service",
  },
  record: {
    id: "catalog/record",
    title: "gennet's own record of a service can be read",
    explain:
      "A service made by gennet says in .gennet/answers.yaml which template and features it has. The file is damaged, so these are not known.",
    severity: "fail",
    fix: "git log -p -- .gennet/answers.yaml  # shows how it came to be",
  },
} as const satisfies Record<string, CatalogFacts>;

export function catalogFinding(
  { id, severity, fix }: CatalogFacts,
  subject: string,
  summary: string,
  location: SourceLocation,
): LocatedFinding {
  return { id, severity, subject, summary, fix, location };
}
