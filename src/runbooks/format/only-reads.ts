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

/** Returns whether a command is known to change nothing. What is not known may change something. */
export function onlyReads(kind: StepKind, words: readonly ArgumentTemplate[]): boolean {
  const leading: string[] = [];
  for (const word of words) {
    const [part] = word;
    // A flag before the verb may have a value that looks like one.
    if (word.length !== 1 || typeof part !== "string" || part.startsWith("-")) break;
    leading.push(part);
  }
  return reading[kind]?.test(leading.join(" ")) ?? false;
}
