import type { Argument, Command, Flag } from "../core/command.ts";
import { formatDuration } from "../core/duration.ts";
import { flagName, globalFlags } from "../core/global-flags.ts";

type AnyCommand = Pick<Command<never>, "path" | "summary" | "description" | "examples" | "args" | "flags">;

/** An entry of a list: what the user types, and its description. */
type Entry = readonly [term: string, says: string];

const widest = 100;

/** Returns the help of one command. `columns` is the width of the terminal. */
export function commandHelp(command: AnyCommand, columns: number): string {
  const width = Math.min(columns, widest);
  const args = Object.values(command.args);
  const usage = ["gennet", ...command.path, ...args.map(usageOf), "[flags]"].join(" ");
  return joined([
    wrapped(`${command.summary.charAt(0).toUpperCase()}${command.summary.slice(1)}.`, width),
    ...(command.description === undefined ? [] : [wrapped(command.description, width)]),
    `Usage:\n  ${usage}`,
    list(
      "Arguments",
      args.map((each) => [usageOf(each), saysOf(each)] as const),
      width,
    ),
    list("Flags", flagEntries(command.flags), width),
    examples(command),
    list("Global flags", [...flagEntries(globalFlags), helpEntry], width),
  ]);
}

/** The commands and groups that help is about. */
export interface HelpTree {
  readonly commands: readonly Pick<Command<never>, "path" | "summary" | "hidden">[];
  readonly groups: Readonly<Record<string, string>>;
}

/**
 * Returns the help of a group if that is all the command line asks for: `gennet`, `gennet --help`, `gennet region -h`.
 * It needs no parser, which takes longer to load than everything else.
 */
export function requestedGroupHelp(argv: readonly string[], tree: HelpTree, columns: number): string | undefined {
  const asks = argv.at(-1) === "--help" || argv.at(-1) === "-h";
  const path = asks ? argv.slice(0, -1) : argv;
  return entriesBelow(tree, path).length === 0 ? undefined : groupHelp(tree, path, columns);
}

/** Returns the help of `gennet` (an empty path) or of a group such as `gennet region`, with its commands. */
export function groupHelp(tree: HelpTree, path: readonly string[], columns: number): string {
  const width = Math.min(columns, widest);
  const typed = ["gennet", ...path].join(" ");
  const isRoot = path.length === 0;
  const below = entriesBelow(tree, path);
  const globals: Entry[] = [...flagEntries(globalFlags), helpEntry];
  if (isRoot) globals.push(["-V, --version", "print the version"]);
  return joined([
    wrapped(tree.groups[path.join(" ")] ?? "", width),
    `Usage:\n  ${typed} COMMAND [flags]`,
    list("Commands", below, width),
    list("Global flags", globals, width),
    isRoot
      ? wrapped(
          "Every flag has an environment variable, for example GENNET_REQUEST_TIMEOUT for --request-timeout, except flags that confirm changes.",
          width,
        )
      : "",
    `Use "${typed} COMMAND --help" for more information about a command.`,
  ]);
}

/** Returns the commands and groups directly below a group, in their order. */
function entriesBelow({ commands, groups }: HelpTree, path: readonly string[]): readonly Entry[] {
  const entries = new Map<string, string>();
  for (const command of commands) {
    const name = command.path[path.length];
    if (name === undefined || command.hidden === true || path.some((word, at) => word !== command.path[at])) continue;
    const typed = [...path, name].join(" ");
    const isGroup = command.path.length > path.length + 1;
    entries.set(name, isGroup ? lowerFirst(groups[typed] ?? "").replace(/\.$/, "") : command.summary);
  }
  return [...entries];
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

const helpEntry: Entry = ["-h, --help", "show this help"];

function examples(command: AnyCommand): string {
  if (command.examples.length === 0) return "";
  return `Examples:\n${command.examples.map((each) => `  # ${each.says}\n  ${each.run}`).join("\n")}`;
}

function usageOf(argument: Argument): string {
  const placeholder = argument.placeholder ?? "VALUE";
  if (argument.arity === "one") return placeholder;
  return argument.arity === "optional" ? `[${placeholder}]` : `[${placeholder}…]`;
}

function flagEntries(flags: Readonly<Record<string, Flag>>): Entry[] {
  return Object.entries(flags).map(([key, flag]) => {
    const short = flag.short === undefined ? "    " : `-${flag.short}, `;
    const value = flag.shape === "switch" ? "" : ` ${flag.placeholder ?? "VALUE"}`;
    return [`${short}--${flagName(key)}${value}`, saysOf(flag)] as const;
  });
}

function saysOf(parameter: Flag | Argument): string {
  const more = [
    parameter.choices === undefined ? "" : parameter.choices.join(", "),
    "shape" in parameter && parameter.shape === "list" ? "repeatable" : "",
    "fallback" in parameter ? defaultOf(parameter) : "",
  ].filter((part) => part !== "");
  return more.length === 0 ? parameter.summary : `${parameter.summary} (${more.join("; ")})`;
}

function defaultOf(flag: Flag): string {
  const value = flag.fallback;
  if (flag.shape !== "value") return "";
  if (typeof value === "number" && flag.placeholder === "DURATION") {
    return `default ${formatDuration(value).replace(".0s", "s")}`;
  }
  return typeof value === "string" || typeof value === "number" ? `default ${value}` : "";
}

function list(heading: string, entries: readonly Entry[], width: number): string {
  if (entries.length === 0) return "";
  const terms = Math.max(...entries.map(([term]) => term.length));
  const indent = " ".repeat(terms + 4);
  const lines = entries.map(([term, says]) => {
    const text = wrapped(says, Math.max(width - indent.length, 30)).replaceAll("\n", `\n${indent}`);
    return `  ${term.padEnd(terms)}  ${text}`;
  });
  return `${heading}:\n${lines.join("\n")}`;
}

function wrapped(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => {
      const lines = [""];
      for (const word of line.split(" ")) {
        const last = lines.at(-1) ?? "";
        if (last !== "" && last.length + 1 + word.length > width) lines.push(word);
        else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
      }
      return lines.join("\n");
    })
    .join("\n");
}

function joined(sections: readonly string[]): string {
  return `${sections.filter((section) => section !== "").join("\n\n")}\n`;
}
