import type { Template } from "../template.ts";
import { type AnswerChange, answerChanges } from "./answer-changes.ts";
import { checkAnswers } from "./checked-answers.ts";
import { checkNotNewer, compareRenders, type FileChange } from "./compare.ts";
import { pristine } from "./pristine.ts";
import { readBase, readRecord } from "./record.ts";

export interface CheckedService {
  readonly service: string;
  readonly template: string;
  readonly from: string;
  readonly to: string;
  readonly outdated: boolean;
  /** What the template changed in between; absent where the service has no base or there are new questions. */
  readonly changes?: readonly FileChange[];
  /** Answers that are not those that the service was rendered with: edited, or merged from two branches. */
  readonly answers: readonly AnswerChange[];
  /** Questions of the template that the service has not answered yet. */
  readonly questions: readonly string[];
}

/** Whether a service follows the installed template. Reads the service's records only. */
export async function checkService(
  folder: string,
  shown: string,
  templateNamed: (name: string) => Promise<Template>,
): Promise<CheckedService> {
  const record = await readRecord(folder, shown);
  const base = await readBase(folder, shown);
  const template = await templateNamed(record.template);
  checkNotNewer(record, template, shown);
  checkAnswers(record, template, shown);
  const { answers, version } = record;
  const open = template.questions.filter(({ key }) => !(key in answers));
  const defaults = Object.fromEntries(open.map((question) => [question.key, question.default ?? ""]));
  const renderable = open.every((question) => question.default !== undefined);
  const next = renderable ? pristine(template, { ...answers, ...defaults }) : undefined;
  const changes = base === undefined || next === undefined ? undefined : compareRenders(base, next);
  return {
    service: answers.name,
    template: record.template,
    from: version,
    to: template.version,
    outdated: version !== template.version || (changes !== undefined && changes.length > 0),
    ...(changes === undefined ? {} : { changes }),
    answers: base?.answers === undefined ? [] : answerChanges(base.answers, answers),
    questions: open.map((question) => question.key),
  };
}
