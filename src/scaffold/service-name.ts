import { AppError } from "../core/error.ts";
import { namespaceHolder } from "../core/reserved-namespaces.ts";
import { shell } from "../core/shell-words.ts";
import { packageOf, packageProblem } from "./python-package.ts";

/**
 * The service's role and database in PostgreSQL are called after its package, whether or not it has the feature today.
 * These are its own. Source: postgresql.org/docs/current/sql-createrole.html; AWS's begin with rds.
 */
const databaseNames = /^(none|public|postgres|template[01]|pg_.*|rds_.*|rdsadmin)$/;

/** What is wrong with a service's name, or undefined. It becomes a Kubernetes Service: an RFC 1035 label. */
export function serviceNameProblem(name: string, installed: readonly string[]): string | undefined {
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
    return "it must be a DNS label: lower-case letters, digits and dashes, at most 63, beginning with a letter";
  }
  const holder = namespaceHolder(name);
  if (holder !== undefined) return `the service gets a namespace of that name, which is used by ${holder}`;
  if (databaseNames.test(packageOf(name))) {
    return `"${packageOf(name)}" is a role or a database of PostgreSQL itself, and the service's own have that name`;
  }
  const reason = packageProblem(packageOf(name), installed);
  return reason === undefined ? undefined : `its Python package "${packageOf(name)}" ${reason}`;
}

/** Throws SCAFFOLD_NAME_INVALID. `flags` are those of the command, which the one that is offered has too. */
export function checkServiceName(name: string, installed: readonly string[], flags: readonly string[] = []): void {
  const problem = serviceNameProblem(name, installed);
  if (problem === undefined) return;
  const usable = /^[a-z][a-z0-9-]*[a-z0-9]$/.test(name) && name.length <= 55;
  const words = [usable ? `${name}-service` : "orders", ...flags];
  throw new AppError("SCAFFOLD_NAME_INVALID", `A service cannot be called ${JSON.stringify(name)}: ${problem}.`, {
    next: [`${shell`gennet new service ${words}`}${usable ? "" : "  # is one that works"}`],
  });
}
