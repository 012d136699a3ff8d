import type { StepKind } from "./runbook.ts";
import type { ArgumentTemplate } from "./words.ts";

/** Commands that change nothing, by their first words. Source: the help of each program. */
const reading: Readonly<Partial<Record<StepKind, RegExp>>> = {
  kubectl:
    /^(get|describe|logs|top|events|explain|version|api-resources|api-versions|cluster-info|diff|wait|auth can-i|auth whoami|rollout status|rollout history|config (get-contexts|current-context))( |$)/,
  gennet:
    /^(status|mesh|breakers|lint|doctor|explain|app (list|tree|diff|history)|secrets (list|verify|audit)|service (list|describe|graph|check|diff)|region (list|plan|status|readiness|show)|runbook (list|show|report)|sandbox (status|env))( |$)/,
  aws: /^[a-z0-9-]+ (describe|list|get)-[a-z0-9-]+( |$)/,
};

/** Commands of `aws` that print secrets or credentials. */
const printing: ReadonlySet<string> = new Set([
  "get-secret-value",
  "batch-get-secret-value",
  "get-random-password",
  "get-session-token",
  "get-federation-token",
  "get-role-credentials",
  "get-credentials-for-identity",
  "assume-role",
  "assume-role-with-saml",
  "assume-role-with-web-identity",
  "create-access-key",
  "get-authorization-token",
  "get-login-password",
  "get-login",
  "get-token",
  "get-password-data",
  "decrypt",
  "generate-data-key",
  "export-credentials",
]);

/** Returns whether a command of `aws` prints secrets or credentials. */
export function printsSecrets(args: readonly string[]): boolean {
  return args.some((arg) => printing.has(arg) || arg === "--with-decryption");
}

/** Returns whether a command is known to change nothing. What is not known may change something. */
export function onlyReads(kind: StepKind, words: readonly ArgumentTemplate[]): boolean {
  const leading: string[] = [];
  for (const word of words) {
    const [part] = word;
    // A flag before the verb may have a value that looks like one.
    if (word.length !== 1 || typeof part !== "string" || part.startsWith("-")) break;
    leading.push(part);
  }
  if (kind === "aws" && printsSecrets(leading)) return false;
  return reading[kind]?.test(leading.join(" ")) ?? false;
}
