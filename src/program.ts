import {
  Argument as CommanderArgument,
  Command as Commander,
  CommanderError,
  InvalidArgumentError,
  Option,
} from "commander";
import packageFile from "../package.json" with { type: "json" };
import type { Argument, Command, Flag, Flags } from "./core/command.ts";
import { AppError } from "./core/error.ts";
import { flagName, globalFlags, type GlobalOptions, variableName } from "./core/global-flags.ts";
import { readText, readVariable } from "./core/variables.ts";
import type { Host } from "./host/host.ts";
import { commandHelp, groupHelp } from "./view/help.ts";

/** What the command line requests: a command with its input, text that is already the answer, or an error. */
export type Request<C> =
  | { readonly command: Command<C>; readonly input: Record<string, unknown>; readonly globals: GlobalOptions }
  | { readonly text: string }
  | { readonly error: AppError; readonly output: GlobalOptions["output"] };

/** Every command, and the description of each group such as `gennet region`. */
export interface CommandTree<C> {
  readonly commands: readonly Command<C>[];
  readonly groups: Readonly<Record<string, string>>;
}

/** Parses a command line. */
export function parse<C>(
  argv: readonly string[],
  tree: CommandTree<C>,
  host: { readonly env: Host["env"]; readonly stdout: Pick<Host["stdout"], "columns"> },
): Request<C> {
  let request: Request<C> | undefined;
  let text = "";
  let failedAt: readonly string[] = [];
  const root = buildProgram(namedBy(argv, tree), host.stdout.columns, (command, positional, own, globals) => {
    const read = { ...positional, ...values(command.flags, own, host.env) };
    request = { command, input: read, globals: values(globalFlags, globals, host.env) as GlobalOptions };
  });
  eachCommand(root, [], (command, path) => {
    command.configureOutput({ writeOut: (chunk) => (text += chunk), writeErr: () => undefined });
    command.exitOverride((error) => {
      failedAt = path;
      throw error;
    });
  });
  try {
    root.parse(argv, { from: "user" });
    if (request === undefined && root.opts()["version"] === true) return { text: `${packageFile.version}\n` };
  } catch (error) {
    if (error instanceof CommanderError && error.code === "commander.help") {
      const asked = root.opts()["version"] === true ? `${packageFile.version}\n` : undefined;
      return { text: asked ?? find(root, failedAt).helpInformation() };
    }
    if (!(error instanceof CommanderError && error.exitCode === 0)) {
      return { error: usageError(error, failedAt), output: outputOf(root, host.env) };
    }
  }
  return request ?? { text };
}

/**
 * Limits the tree to commands that begin with the first word, because declaring all of them takes longer than parsing.
 */
function namedBy<C>([first]: readonly string[], tree: CommandTree<C>): CommandTree<C> {
  const commands = tree.commands.filter(({ path }) => path[0] === first);
  return commands.length === 0 ? tree : { ...tree, commands };
}

/**
 * Builds the commander tree from the declarations. `act` receives what was typed: positional arguments, own flags and
 * global flags.
 */
function buildProgram<C>(
  tree: CommandTree<C>,
  columns: number,
  act: (
    command: Command<C>,
    positional: Record<string, unknown>,
    own: Record<string, unknown>,
    globals: Record<string, unknown>,
  ) => void,
): Commander {
  const root = new Commander("gennet").helpCommand(false).option("-V, --version", "print the version");
  for (const [key, declared] of Object.entries<Flag>(globalFlags)) root.addOption(toOption(key, declared));
  for (const declared of tree.commands) {
    const leaf = addPath(root, declared.path, declared.hidden === true);
    leaf.allowExcessArguments(false).configureHelp({ formatHelp: () => commandHelp(declared, columns) });
    for (const each of Object.values(declared.args)) leaf.addArgument(toArgument(each));
    for (const [key, each] of Object.entries(declared.flags)) leaf.addOption(toOption(key, each));
    leaf.action((...received: unknown[]) => {
      const positional = Object.fromEntries(Object.keys(declared.args).map((key, at) => [key, received[at]]));
      act(declared, positional, leaf.opts(), root.opts());
    });
  }
  eachCommand(root, [], (group, path) => {
    if (group.commands.length === 0) return;
    group.configureHelp({ formatHelp: () => groupHelp(tree, path, columns) });
  });
  return root;
}

function addPath(root: Commander, path: readonly string[], hidden: boolean): Commander {
  let at = root;
  for (const word of path) {
    const known = at.commands.find((command) => command.name() === word);
    at = known ?? at.command(word, { hidden }).helpCommand(false);
  }
  return at;
}

function toOption(key: string, declared: Flag): Option {
  const long = `--${flagName(key)}`;
  const name = declared.short === undefined ? long : `-${declared.short}, ${long}`;
  const option = new Option(declared.shape === "switch" ? name : `${name} <${declared.placeholder ?? "VALUE"}>`);
  // Commander reads "--no-x" as the negation of "--x"; in gennet it is a separate flag.
  option.negate = false;
  option.attributeName = () => key;
  if (declared.shape === "list") {
    option.argParser((text: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      ...(readText(declared, text) as readonly string[]),
    ]);
  } else if (declared.shape === "value") {
    option.argParser((text) => orInvalid(() => readText(declared, text)));
  }
  return option;
}

function toArgument(declared: Argument): CommanderArgument {
  const placeholder = declared.placeholder ?? "VALUE";
  const name = { one: `<${placeholder}>`, optional: `[${placeholder}]`, many: `[${placeholder}...]` }[declared.arity];
  const result = new CommanderArgument(name, declared.summary);
  if (declared.choices !== undefined) result.choices(declared.choices);
  else if (declared.parse !== undefined) result.argParser((text) => orInvalid(() => declared.parse?.(text)));
  return result;
}

function orInvalid<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

/** Returns each flag's value: as typed, otherwise from its variable, otherwise its default. */
function values(flags: Flags, typed: Record<string, unknown>, env: Host["env"]): Record<string, unknown> {
  const entries = Object.entries(flags).map(([key, flag]) => {
    if (typed[key] !== undefined) return [key, typed[key]] as const;
    try {
      return [key, readVariable(key, flag, env) ?? flag.fallback] as const;
    } catch (error) {
      throw new AppError("USAGE_INVALID", `${variableName(key)}: ${(error as Error).message}.`, {
        next: [`unset ${variableName(key)}, or set it to a valid value of --${flagName(key)}`],
      });
    }
  });
  return Object.fromEntries(entries);
}

function usageError(error: unknown, path: readonly string[]): AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof CommanderError)) throw error;
  const [first = "", guess] = error.message.replace(/^error: /, "").split("\n");
  const message = first.replace(/^option '(?:-\w, )?(--[\w-]+)[^']*' argument '[^']*' is invalid\. /, "$1: ");
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`.replace(/\.?$/, ".");
  const typed = ["gennet", ...path, "--help"].join(" ");
  return new AppError("USAGE_INVALID", guess === undefined ? sentence : `${sentence} ${guess.replace(/[()]/g, "")}`, {
    next: [typed],
  });
}

/** Returns the output format for a usage error. --output may have been parsed before the error was found. */
function outputOf(root: Commander, env: Host["env"]): GlobalOptions["output"] {
  try {
    return values({ output: globalFlags.output }, root.opts(), env)["output"] as GlobalOptions["output"];
  } catch {
    return "table";
  }
}

function find(root: Commander, path: readonly string[]): Commander {
  return path.reduce((at, word) => at.commands.find((command) => command.name() === word) ?? at, root);
}

function eachCommand(
  command: Commander,
  path: readonly string[],
  visit: (command: Commander, path: readonly string[]) => void,
): void {
  visit(command, path);
  for (const child of command.commands) eachCommand(child, [...path, child.name()], visit);
}
