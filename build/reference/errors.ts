import { errorCodes } from "../../src/core/error-codes.ts";
import { exit } from "../../src/core/exit.ts";

/** Every error code with its exit code and what `gennet explain` says of it. */
export function errorsReference(): string {
  const sections = Object.entries(errorCodes)
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([code, facts]) => `## ${code}\n\n${facts.title}. Exit code ${facts.exit}.\n\n${facts.explain}\n`);
  return `# Errors\n\nWhat \`gennet explain CODE\` prints.\n\n${sections.join("\n")}`;
}

const meanings: Record<keyof typeof exit, string> = {
  ok: "ok",
  internal: "internal error: a bug in gennet",
  usage: "usage or configuration",
  unhealthy: "unhealthy, or failed",
  denied: "not authenticated, or not allowed",
  unreachable: "unreachable, or unknown",
  timedOut: "timed out",
  conflict: "conflict, or superseded by another change",
  pending: "changes are pending: a plan or a dry run that would change something",
  warnings: "warnings, with `--strict`",
  interrupted: "interrupted: Ctrl-C, or a termination signal",
};

export function exitCodesReference(): string {
  const rows = Object.entries(exit).map(([name, code]) => `| ${code} | ${meanings[name as keyof typeof exit]} |`);
  return `# Exit codes

| code | meaning |
| ---: | --- |
${rows.join("\n")}

Where results are mixed, the first of 3, 7, 4, 5, 6, 8 and 9 decides.

\`gennet\` alone and a bare group such as \`gennet region\` print their help and end with 0, as kubectl and gh do.
`;
}
