import { readdir } from "node:fs/promises";
import type { Context } from "../../context.ts";
import type { Argument, Command, CommandModule, Flag } from "../../core/command.ts";
import { errorCodes } from "../../core/error-codes.ts";
import { exit } from "../../core/exit.ts";
import { flagName, globalFlags } from "../../core/global-flags.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { CompleteInput } from "./complete.ts";

export interface Candidates {
  readonly kind: "Candidates";
  readonly items: readonly Candidate[];
}

interface Candidate {
  readonly value: string;
  readonly says: string;
}

/** The words before the one that is being completed. */
interface Typed {
  readonly path: readonly string[];
  readonly command: Command<Context> | undefined;
  readonly positionals: readonly string[];
  /** The flag whose value is being completed. */
  readonly open: (Flag & { readonly key: string }) | undefined;
}

/** Returns the module of `complete`, which reads all commands as data. */
export function completing(commands: readonly Command<Context>[]): CommandModule<CompleteInput, Context, Candidates> {
  return { run: (input, context) => run(input, commands, context), present };
}

async function run(
  input: CompleteInput,
  commands: readonly Command<Context>[],
  context: Context,
): Promise<Outcome<Candidates>> {
  const { groups } = await import("../groups.ts");
  const [word = "", ...before] = input.words.toReversed();
  const typed = readWords(commands, before.toReversed());
  const all = await candidates(commands, groups, typed, word, context).catch(() => []);
  const begun = all.filter((each) => each.value.startsWith(word === "=" ? "" : word));
  return { exit: exit.ok, document: { kind: "Candidates", items: begun } };
}

function present(document: Candidates): string {
  return document.items.map((item) => `${item.value}\t${item.says}`).join("\n");
}

function readWords(commands: readonly Command<Context>[], words: readonly string[]): Typed {
  const path: string[] = [];
  const positionals: string[] = [];
  let open: Typed["open"];
  const command = (): Command<Context> | undefined => commands.find((each) => each.path.join(" ") === path.join(" "));
  for (const word of words) {
    // bash splits "--flag=value" into three words.
    if (word === "=") continue;
    if (open !== undefined) open = undefined;
    else if (word.startsWith("-")) open = valueFlag(command(), word);
    else if (command() === undefined) path.push(word);
    else positionals.push(word);
  }
  return { path, command: command(), positionals, open };
}

function valueFlag(command: Command<Context> | undefined, word: string): Typed["open"] {
  const flags: Readonly<Record<string, Flag>> = { ...globalFlags, ...command?.flags };
  for (const [key, flag] of Object.entries(flags)) {
    const isIt = word === `--${flagName(key)}` || (flag.short !== undefined && word === `-${flag.short}`);
    if (isIt) return flag.shape === "switch" ? undefined : { ...flag, key };
  }
  return undefined;
}

async function candidates(
  commands: readonly Command<Context>[],
  groups: Readonly<Record<string, string>>,
  { path, command, positionals, open }: Typed,
  word: string,
  context: Context,
): Promise<readonly Candidate[]> {
  if (open !== undefined) return valuesOf(open.key, open, path, positionals, context);
  if (word.startsWith("-")) return flagsOf(command);
  if (command === undefined) return below(commands, groups, path);
  const declared = Object.entries(command.args);
  const [key, argument] = declared[positionals.length] ?? declared.findLast(([, each]) => each.arity === "many") ?? [];
  return key === undefined || argument === undefined ? [] : valuesOf(key, argument, path, positionals, context);
}

function below(
  commands: readonly Command<Context>[],
  groups: Readonly<Record<string, string>>,
  path: readonly string[],
): Candidate[] {
  const words = new Map<string, string>();
  for (const command of commands) {
    const word = command.path[path.length];
    const isBelow = path.every((each, depth) => command.path[depth] === each);
    if (word === undefined || !isBelow || command.hidden === true) continue;
    const isLeaf = command.path.length === path.length + 1;
    const groupSays = (groups[[...path, word].join(" ")] ?? "").replace(/\.$/, "").toLowerCase();
    words.set(word, isLeaf ? command.summary : groupSays);
  }
  return [...words].map(([value, says]) => ({ value, says }));
}

function flagsOf(command: Command<Context> | undefined): Candidate[] {
  const flags: Readonly<Record<string, Flag>> = { ...command?.flags, ...globalFlags };
  const all = Object.entries(flags).map(([key, flag]) => ({ value: `--${flagName(key)}`, says: flag.summary }));
  return [...all, { value: "--help", says: "show the help of this command" }];
}

async function valuesOf(
  key: string,
  parameter: Flag | Argument,
  path: readonly string[],
  positionals: readonly string[],
  context: Context,
): Promise<readonly Candidate[]> {
  if (parameter.choices !== undefined) return parameter.choices.map((value) => ({ value, says: "" }));
  if (key === "region" || parameter.placeholder === "REGION") {
    return (await context.platform()).regions.map((region) => ({ value: region.name, says: region.awsRegion }));
  }
  if (key === "context") {
    const { contextNames } = await import("../../k8s/kubeconfig.ts");
    return ((await contextNames(context.host)) ?? []).map((value) => ({ value, says: "a kubeconfig context" }));
  }
  if (path[0] === "region" && (key === "only" || key === "except")) return resourcesOf(path, context);
  if (key === "only" || key === "skip") return checksOf(path);
  if (path[0] === "explain") {
    const errors = Object.entries(errorCodes).map(([value, facts]) => ({ value, says: facts.title }));
    return [...(await checksOf(path)), ...errors];
  }
  if (path[0] === "sandbox" && key === "name") {
    const { stateRoot } = await import("../../../sandbox/src/folders.ts");
    const names = await readdir(stateRoot(context.host));
    return names.filter((name) => !name.startsWith(".")).map((value) => ({ value, says: "a sandbox" }));
  }
  if (path[0] === "runbook") return ofRunbooks(key, positionals, context);
  return path[0] === "service" ? ofServices(key, context) : [];
}

async function ofRunbooks(key: string, [id]: readonly string[], context: Context): Promise<Candidate[]> {
  const { allRunbooks, openRunbook } = await import("../runbook/library.run.ts");
  if (key === "id" || key === "ids") {
    return (await allRunbooks(context)).map((runbook) => ({ value: runbook.id, says: runbook.title }));
  }
  if (key === "fromStep" && id !== undefined) {
    const { steps } = await openRunbook(id, context);
    const forth = steps.filter(({ undoOf }) => undoOf === undefined);
    return forth.map(({ name, heading = "" }) => ({ value: name, says: heading }));
  }
  if (key === "resume" || key === "run") {
    return (await (await context.runs()).ids()).toReversed().map((value) => ({ value, says: "a run" }));
  }
  return [];
}

async function ofServices(key: string, context: Context): Promise<Candidate[]> {
  if (key === "name" || key === "names") {
    const { openCatalog } = await import("../service/catalog.run.ts");
    return (await openCatalog(context, undefined)).services.map(({ name, domain = "" }) => ({
      value: name,
      says: domain,
    }));
  }
  if (key !== "what") return [];
  const { installedTemplate } = await import("../../scaffold/update/installed-template.ts");
  const features = Object.entries((await installedTemplate("fastapi-service")).features ?? {});
  return [
    ...features.map(([value, says]) => ({ value, says })),
    { value: "dependency", says: "a service that it calls" },
    { value: "caller", says: "a service that may call it" },
  ];
}

async function resourcesOf([, verb]: readonly string[], context: Context): Promise<Candidate[]> {
  const { regionResources } = await import("../../region/resources.ts");
  const { loadBalancers } = await import("../../region/resources/load-balancers.ts");
  const own = regionResources(await context.platform());
  const all = verb === "destroy" ? [...own, loadBalancers(own)] : own;
  return all.map(({ id, title }) => ({ value: id, says: title }));
}

async function checksOf(path: readonly string[]): Promise<Candidate[]> {
  const { checks, doctorChecks } = await import("../check/every-check.run.ts");
  const { healthChecks } = await import("../../health/index.ts");
  const { breakerChecks } = await import("../../health/breaker-checks.ts");
  const { meshChecks } = await import("../../health/mesh-checks.ts");
  const own = { status: healthChecks, mesh: meshChecks, breakers: breakerChecks, doctor: doctorChecks };
  const some = (own as Readonly<Record<string, typeof checks>>)[path[0] ?? ""] ?? checks;
  return some.map((check) => ({ value: check.id, says: check.title }));
}
