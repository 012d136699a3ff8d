import type { Check } from "../core/check.ts";
import type { LocatedFinding, Severity, SourceLocation } from "../core/finding.ts";

/** The description of a finding about the catalogue, for all commands that report it. */
export interface CatalogFacts extends Pick<Check<never>, "id" | "title" | "explain"> {
  readonly severity: Severity;
  readonly fix: string;
}

export const catalogFacts = {
  readable: {
    id: "catalog/readable",
    title: "every catalog-info.yaml can be read",
    explain:
      "The catalogue consists of all documents in files named catalog-info.yaml. A file that is invalid YAML, larger than 1 MiB, a link, a folder or unreadable fails, and so does an entity without a kind or without a valid Backstage name (letters, digits, -, _ and ., at most 63): its services are missing from all results. gennet does not follow links. A template (with {{ or <%) is not an entity until it is rendered, and is ignored. gennet also ignores the folders .git, .gennet, .venv, .terraform and node_modules, and the targets of entities of kind Location.",
    severity: "fail",
    fix: "correct the file at this place",
  },
  unique: {
    id: "catalog/unique",
    title: "every service is declared once",
    explain:
      "Two components in the same namespace have the same name: Backstage uses one of them and reports a conflict for the other. gennet uses the first one by path.",
    severity: "fail",
    fix: "rename or remove one of them",
  },
  reference: {
    id: "catalog/reference",
    title: "dependencies are references to entities",
    explain:
      "An entry of spec.dependsOn is a reference with a kind, such as component:payments or resource:default/orders-db. Backstage rejects anything else, and gennet cannot resolve it.",
    severity: "warn",
    fix: "write component:NAME or resource:NAME",
  },
  dependency: {
    id: "catalog/dependency",
    title: "services depend on services in the catalogue",
    explain:
      "In spec.dependsOn, a component refers to one that no catalog-info.yaml in this catalogue declares: the name is misspelt, the service was removed, or it is in another repository.",
    severity: "warn",
    fix: "correct the name, or use a folder that contains both services",
  },
  cycle: {
    id: "catalog/cycle",
    title: "services do not depend on each other in a cycle",
    explain:
      "Each service in a cycle needs all the others to work, so none of them can be deployed, tested or recovered on its own, and a slow one slows all of them down. The finding is at the dependency that closes the cycle.",
    severity: "warn",
    fix: "replace one of these calls with an event, or move what both need into a third service",
  },
  record: {
    id: "catalog/record",
    title: "gennet's own record of a service can be read",
    explain:
      "A service made by gennet records its template and features in .gennet/answers.yaml. The file is damaged, so these are unknown.",
    severity: "fail",
    fix: "git log -p -- .gennet/answers.yaml  # shows its history",
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
