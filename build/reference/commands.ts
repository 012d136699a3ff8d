import { groups } from "../../src/commands/groups.ts";
import { commands } from "../../src/commands/index.ts";
import { parse } from "../../src/program.ts";

/** Every command's help as it is printed at 100 columns. */
export function commandsReference(): string {
  const paths = commands.filter((command) => command.hidden !== true).map((command) => command.path);
  const groupPaths = Object.keys(groups).map((group) => (group === "" ? [] : group.split(" ")));
  const sections = [...groupPaths, ...paths]
    .toSorted((one, other) => one.join(" ").localeCompare(other.join(" ")))
    .map((path) => `## ${["gennet", ...path].join(" ")}\n\n\`\`\`text\n${helpOf(path)}\`\`\`\n`);
  return `# Commands\n\n${sections.join("\n")}`;
}

function helpOf(path: readonly string[]): string {
  const stdout = { columns: 100 };
  const request = parse([...path, "--help"], { commands, groups }, { env: {}, stdout });
  if (!("text" in request)) throw new Error(`gennet ${path.join(" ")} --help is not answered by its help`);
  return request.text;
}
