import { parseTOML, getStaticTOMLValue, ParseError } from "toml-eslint-parser";

/** Returns the version of the kit that a pyproject.toml pins, or undefined if it pins none. */
export function pinnedKit(pyproject: string | undefined, kit: string): string | undefined {
  for (const requirement of dependenciesOf(pyproject ?? "")) {
    const [, name = "", version] = /^\s*([A-Za-z0-9._-]+)\s*(?:\[[^\]]*\])?\s*==\s*([^\s;,]+)/.exec(requirement) ?? [];
    if (name.toLowerCase().replace(/[-_.]+/g, "-") === kit) return version;
  }
  return undefined;
}

function dependenciesOf(text: string): readonly string[] {
  try {
    const { project } = getStaticTOMLValue(parseTOML(text)) as { project?: { dependencies?: unknown } };
    const { dependencies } = project ?? {};
    return Array.isArray(dependencies) ? dependencies.filter((each) => typeof each === "string") : [];
  } catch (error) {
    if (error instanceof ParseError) return [];
    throw error;
  }
}
