import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import * as z from "zod";

const requirements = z.array(z.string());

/** The keys allowed in the kit's pyproject.toml; any other key would be missing from the wheel. */
const projectSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  description: z.string(),
  readme: z.string().endsWith(".md"),
  license: z.string(),
  "requires-python": z.string(),
  dependencies: requirements,
  "optional-dependencies": z.record(z.string(), requirements),
});

export type KitProject = z.output<typeof projectSchema>;

/** Reads the `project` table of a pyproject.toml. */
export function readProject(text: string): KitProject {
  const { project } = getStaticTOMLValue(parseTOML(text)) as { project?: unknown };
  return projectSchema.parse(project);
}

/** Returns the METADATA of a wheel. Source: packaging.python.org/en/latest/specifications/core-metadata. */
export function metadataOf(project: KitProject, readme: string): string {
  const extras = Object.entries(project["optional-dependencies"]).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const lines = [
    "Metadata-Version: 2.4",
    `Name: ${project.name}`,
    `Version: ${project.version}`,
    `Summary: ${project.description}`,
    `License-Expression: ${project.license}`,
    ...project.dependencies.map((each) => `Requires-Dist: ${each}`),
    ...extras.flatMap(([extra, needs]) => needs.map((each) => `Requires-Dist: ${onlyWith(extra, each)}`)),
    `Requires-Python: ${project["requires-python"]}`,
    ...extras.map(([extra]) => `Provides-Extra: ${extra}`),
    "Description-Content-Type: text/markdown",
  ];
  return `${lines.join("\n")}\n\n${readme}`;
}

function onlyWith(extra: string, requirement: string): string {
  const [needed = "", marker] = requirement.split(";").map((part) => part.trim());
  const chosen = `extra == '${extra}'`;
  return `${needed} ; ${marker === undefined ? chosen : `(${marker}) and ${chosen}`}`;
}
