import { checks } from "../../src/commands/check/every-check.run.ts";

/** Every check with what `gennet explain` says of it. */
export function checksReference(): string {
  const sections = checks
    .toSorted((one, other) => one.id.localeCompare(other.id))
    .map((check) => {
      const needs = check.needs ?? [];
      const after = needs.length === 0 ? "" : ` Asked where ${needs.join(", ")} found nothing wrong.`;
      return `## ${check.id}\n\n${check.title}.${after}\n\n${check.explain}\n`;
    });
  return `# Checks\n\nWhat \`gennet explain ID\` prints.\n\n${sections.join("\n")}`;
}
