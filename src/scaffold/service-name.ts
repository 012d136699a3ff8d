import { AppError } from "../core/error.ts";
import { namespaceHolder } from "../core/reserved-namespaces.ts";
import { shell } from "../core/shell-words.ts";
import { packageOf, packageProblem } from "./python-package.ts";

/**
 * The service's role and database in PostgreSQL have the name of its package, even if it does not use PostgreSQL yet.
 * These names belong to PostgreSQL itself; those of AWS begin with rds. Source:
 * postgresql.org/docs/current/sql-createrole.html.
 */
const databaseNames = /^(none|public|postgres|template[01]|pg_.*|rds_.*|rdsadmin)$/;

/**
 * Returns what is wrong with a service's name, or undefined if it is valid. It becomes a Kubernetes Service: an RFC
 * 1035 label.
 */
export function serviceNameProblem(name: string, installed: readonly string[]): string | undefined {
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) {
    return "it must be a DNS label that begins with a letter: lower-case letters, digits and dashes, at most 63 characters";
  }
  const holder = namespaceHolder(name);
  if (holder !== undefined) return `the service would get a namespace of that name, which ${holder} uses`;
  if (databaseNames.test(packageOf(name))) {
    return `"${packageOf(name)}" is a built-in role or database of PostgreSQL, and the service's role and database would have the same name`;
  }
  const reason = packageProblem(packageOf(name), installed);
  return reason === undefined ? undefined : `its Python package "${packageOf(name)}" ${reason}`;
}

/** Throws SCAFFOLD_NAME_INVALID. The suggested command repeats `flags`, the flags of this one. */
export function checkServiceName(name: string, installed: readonly string[], flags: readonly string[] = []): void {
  const problem = serviceNameProblem(name, installed);
  if (problem === undefined) return;
  const usable = /^[a-z][a-z0-9-]*[a-z0-9]$/.test(name) && name.length <= 55;
  const words = [usable ? `${name}-service` : "orders", ...flags];
  throw new AppError("SCAFFOLD_NAME_INVALID", `${JSON.stringify(name)} is not a valid service name: ${problem}.`, {
    next: [`${shell`gennet new service ${words}`}${usable ? "" : "  # a valid name"}`],
  });
}
