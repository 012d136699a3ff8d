import type { Context } from "../../context.ts";
import { eachBounded } from "../../core/bounded.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { combine, exit, type Exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import { answer, type Asker } from "../../host/ask.ts";
import type { Answers } from "../../scaffold/render.ts";
import type { Template } from "../../scaffold/template.ts";
import { findServices } from "../../scaffold/update/find-services.ts";
import { installedTemplate } from "../../scaffold/update/installed-template.ts";
import type { RevisedService } from "../../scaffold/update/revise-service.ts";
import { updateService, type UpdateSetting } from "../../scaffold/update/update-service.ts";
import { relockWith } from "../../scaffold/update/relock.ts";
import { updateText } from "../../scaffold/update/update-text.ts";
import { placeOf } from "./check.run.ts";
import { followPlatform } from "./follow-platform.run.ts";
import type { ServiceUpdateInput } from "./update.ts";

export interface ServiceUpdate {
  readonly kind: "ServiceUpdate";
  readonly items: readonly ServiceUpdateItem[];
}

export type ServiceUpdateItem = UpdatedItem | FailedItem;

export interface UpdatedItem extends RevisedService {
  /** Relative to the current folder. */
  readonly path: string;
}

export interface FailedItem {
  readonly path: string;
  readonly state: "failed";
  readonly code: string;
  readonly message: string;
  readonly next: readonly string[];
}

/** How many services are updated in parallel. */
const limit = 4;

export async function run(input: ServiceUpdateInput, context: Context): Promise<Outcome<ServiceUpdate>> {
  const { host, signal, emit } = context;
  const { folder, path } = placeOf(input.path, host.cwd);
  const given = readAnswers(input.answer);
  const asker: Asker = input.all ? { host, signal, options: { noInput: true } } : context;
  const setting: UpdateSetting = {
    git: await context.git(),
    signal,
    dryRun: input.dryRun,
    relock: relockWith(host.env, signal, emit),
    base: input.base,
    templateNamed: installedTemplate,
    complete: async (template, recorded) => complete(template, await followPlatform(context, recorded), given, asker),
  };
  if (!input.all) {
    const updated = await updateService(folder, path, setting);
    return outcomeOf([{ path, ...updated }], [revisionExit(updated)]);
  }
  const services = (await findServices(folder, path, signal)).map((each) => placeOf(each, host.cwd));
  emit({ type: "tasks", tasks: services.map((each) => ({ id: each.path, title: each.path })) });
  // An interrupted update still removes its scratch repository, so the command waits for all of them.
  const done = await eachBounded(services, limit, async (each) => {
    signal.throwIfAborted();
    emit({ type: "task", id: each.path, state: "running" });
    try {
      const updated = await updateService(each.folder, each.path, setting);
      emit({ type: "task", id: each.path, state: "done", detail: updated.state });
      return { item: { path: each.path, ...updated }, exit: revisionExit(updated) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      emit({ type: "task", id: each.path, state: "failed", detail: error.message });
      const { code, message, next } = error;
      return { item: { path: each.path, state: "failed" as const, code, message, next }, exit: error.exit };
    }
  });
  return outcomeOf(
    done.map((each) => each.item),
    done.map((each) => each.exit),
  );
}

export function present(document: ServiceUpdate, view: TextView): string {
  return document.items.map((item) => itemText(item, view)).join("\n\n");
}

function itemText(item: ServiceUpdateItem, view: TextView): string {
  if (item.state !== "failed") return updateText(item, view);
  const next = item.next.map((each) => `  ${each}`);
  return [`${view.paint("bad", "✖")} ${view.paint("strong", item.path)}: ${item.message} (${item.code})`, ...next].join(
    "\n",
  );
}

function outcomeOf(items: readonly ServiceUpdateItem[], exits: readonly Exit[]): Outcome<ServiceUpdate> {
  return { exit: combine(exits), document: { kind: "ServiceUpdate", items } };
}

/** Returns the exit code for the result of one service. */
export function revisionExit(updated: Pick<RevisedService, "state">): Exit {
  if (updated.state === "conflicts") return exit.conflict;
  return updated.state === "pending" ? exit.pending : exit.ok;
}

function readAnswers(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word) => {
      const [, key, value] = /^([a-z][a-zA-Z0-9]*)=(.*)$/s.exec(word) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      throw new AppError("USAGE_INVALID", `--answer: "${word}" is not of the form KEY=VALUE.`);
    }),
  );
}

/** Asks the questions that are new in the template. */
async function complete(
  template: Template,
  recorded: Answers,
  given: Readonly<Record<string, string>>,
  asker: Asker,
): Promise<Answers> {
  const unknown = Object.keys(given).find((key) => !template.questions.some((question) => question.key === key));
  if (unknown !== undefined)
    throw new AppError("USAGE_INVALID", `--answer: ${template.name} has no question "${unknown}".`);
  const open = template.questions.filter((question) => !(question.key in recorded));
  const questions = open.map(({ key, message, pattern, expects, default: fallback }) => ({
    key,
    message,
    flag: `--answer ${key}=${key.toUpperCase()}`,
    ...(fallback === undefined ? {} : { fallback }),
    problem: (text: string) =>
      pattern === undefined || new RegExp(pattern).test(text) ? undefined : `expected ${expects ?? pattern}`,
  }));
  return { ...recorded, ...(await answer(questions, given, asker)) };
}
