import { Argument as CommanderArgument, Command as Commander, CommanderError, Option } from "commander";
import { InvalidArgumentError } from "commander";
import type { Argument, Command, Flag } from "./core/command.ts";
import { AppError } from "./core/error.ts";
import { flagName, globalFlags, type GlobalOptions, variableName } from "./core/global-flags.ts";
import type { Host } from "./host/host.ts";

type AnyCommand<C> = Command<C>;

/** What the command line asks for: a command with its input, or text that is already the answer (help). */
export type Request<C> =
  | { readonly command: AnyCommand<C>; readonly input: Record<string, unknown>; readonly globals: GlobalOptions }
  | { readonly text: string };

const groupSummaries: Readonly<Record<string, string>> = {
  new: "scaffold something from a template",
  region: "plan and build regions",
  sandbox: "a platform on this machine, no account needed",
};

/** Reads a command line. Throws AppError USAGE_INVALID for what it does not understand. */
export function parse<C>(argv: readonly string[], commands: readonly AnyCommand<C>[], host: Host): Request<C> {
  let request: Request<C> | undefined;
  let text = "";
  const root = buildProgram(commands, (command, input, globals) => {
    request = { command, input, globals };
  });
  eachCommand(root, (command) => {
    command.exitOverride().configureOutput({
      writeOut: (chunk) => (text += chunk),
      writeErr: () => undefined,
      getOutHelpWidth: () => host.stdout.columns,
    });
  });
  try {
    withEnvironment(host.env, () => root.parse(argv, { from: "user" }));
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0 && error.code !== "commander.help") throw usageError(error, argv);
  }
  return request ?? { text: text === "" ? root.helpInformation() : text };
}

/** The commander tree of the declarations; `act` is called with the command that was typed. */
export function buildProgram<C>(
  commands: readonly AnyCommand<C>[],
  act: (command: AnyCommand<C>, input: Record<string, unknown>, globals: GlobalOptions) => void,
): Commander {
  const root = new Commander("gennet")
    .description("Run a multi-region microservice platform on EKS, Istio and Argo CD.")
    .usage("COMMAND [flags]")
    .helpCommand(false)
    .option("-V, --version", "print the version")
    .configureHelp({ showGlobalOptions: true, visibleCommands: (command) => [...command.commands] })
    .showSuggestionAfterError(true);
  for (const [key, declared] of Object.entries(globalFlags)) root.addOption(toOption(key, declared as Flag));
  for (const declared of commands) {
    const leaf = addPath(root, declared.path);
    leaf.summary(declared.summary).description(sentence(declared));
    for (const [, each] of Object.entries(declared.args)) leaf.addArgument(toArgument(each));
    for (const [key, each] of Object.entries(declared.flags)) leaf.addOption(toOption(key, each));
    leaf.addHelpText("after", examplesText(declared));
    leaf.allowExcessArguments(false);
    leaf.action((...received: unknown[]) => {
      const globals = read(globalFlags as Record<string, Flag>, root.opts()) as unknown as GlobalOptions;
      const own = read(declared.flags, leaf.opts());
      const positional = Object.fromEntries(Object.keys(declared.args).map((key, at) => [key, received[at]]));
      act(declared, { ...positional, ...own }, globals);
    });
  }
  return root;
}

function addPath(root: Commander, path: readonly string[]): Commander {
  let at = root;
  for (const [depth, word] of path.entries()) {
    const known = at.commands.find((command) => command.name() === word);
    const next = known ?? at.command(word);
    if (known === undefined) {
      next.copyInheritedSettings(at);
      if (depth < path.length - 1) next.summary(groupSummaries[word] ?? "").description(groupSummaries[word] ?? "");
    }
    at = next;
  }
  return at;
}

function sentence(declared: { readonly summary: string; readonly description?: string }): string {
  const first = `${declared.summary.charAt(0).toUpperCase()}${declared.summary.slice(1)}.`;
  return declared.description === undefined ? first : `${first}\n\n${declared.description}`;
}

function examplesText(declared: { readonly examples: readonly { run: string; says: string }[] }): string {
  if (declared.examples.length === 0) return "";
  const lines = declared.examples.map((example) => `  # ${example.says}\n  ${example.run}`);
  return `\nExamples:\n${lines.join("\n")}\n`;
}

function toOption(key: string, declared: Flag): Option {
  const long = `--${flagName(key)}`;
  const name = declared.short === undefined ? long : `-${declared.short}, ${long}`;
  const value = declared.shape === "switch" ? "" : ` <${declared.placeholder ?? "VALUE"}>`;
  const option = new Option(`${name}${value}`, declared.summary);
  // Commander reads "--no-x" as the negation of "--x"; ours is a flag of its own.
  if (key.startsWith("no")) option.negate = false;
  option.attributeName = () => key;
  if (declared.variable !== false) option.env(variableName(key));
  if (declared.choices !== undefined) option.choices(declared.choices);
  if (declared.fallback !== undefined && declared.shape === "value" && declared.parse === undefined)
    option.default(declared.fallback);
  if (declared.shape === "list") {
    option.argParser((text: string, before: readonly string[] | undefined) => [
      ...(before ?? []),
      ...text.split(",").filter((part) => part !== ""),
    ]);
  } else if (declared.parse !== undefined) {
    option.argParser((text) => parsed(declared, text));
  }
  return option;
}

function toArgument(declared: Argument): CommanderArgument {
  const placeholder = declared.placeholder ?? "VALUE";
  const name = { one: `<${placeholder}>`, optional: `[${placeholder}]`, many: `[${placeholder}...]` }[declared.arity];
  const result = new CommanderArgument(name, declared.summary);
  if (declared.choices !== undefined) result.choices(declared.choices);
  return result;
}

function parsed(declared: Flag, text: string): unknown {
  try {
    return declared.parse?.(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

function read(declared: Readonly<Record<string, Flag>>, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(declared).map(([key, flag]) => [key, values[key] ?? flag.fallback]));
}

function usageError(error: CommanderError, argv: readonly string[]): AppError {
  const message = error.message.replace(/^error: /, "").trim();
  const words = argv.filter((word) => !word.startsWith("-")).slice(0, 2);
  return new AppError("USAGE_INVALID", message.charAt(0).toUpperCase() + message.slice(1), {
    next: [`gennet ${[...words, "--help"].join(" ")}`],
  });
}

/** Commander reads variables from process.env alone; the host's take its place while it parses. */
function withEnvironment(env: Host["env"], work: () => void): void {
  const before = process.env;
  process.env = { ...env };
  try {
    work();
  } finally {
    process.env = before;
  }
}

function eachCommand(command: Commander, visit: (command: Commander) => void): void {
  visit(command);
  for (const child of command.commands) eachCommand(child, visit);
}
