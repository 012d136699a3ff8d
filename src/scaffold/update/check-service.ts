import type { Answers } from "../render.ts";
import type { Template } from "../template.ts";
import { type AnswerChange, answerChanges } from "./answer-changes.ts";
import { checkAnswers } from "./checked-answers.ts";
import { checkNotNewer, compareRenders, type FileChange } from "./compare.ts";
import { type KitStatus, kitStatus } from "./kit-status.ts";
import { pristine } from "./pristine.ts";
import { readBase, readRecord } from "./record.ts";
import { withEarlierAnswers } from "./earlier-answers.ts";

export interface CheckedService {
  readonly service: string;
  readonly template: string;
  readonly from: string;
  readonly to: string;
  /** True if the template or the pinned service kit is older than the installed one. */
  readonly outdated: boolean;
  /** Absent if the template has no service kit, or the service has no base. */
  readonly kit?: KitStatus;
  /** What has changed in the template; absent if the service has no base or there are new questions. */
  readonly changes?: readonly FileChange[];
  /** Answers that differ from those the service was rendered with: edited, merged from two branches, or in gennet.yaml. */
  readonly answers: readonly AnswerChange[];
  /** Questions of the template that the service has not answered yet. */
  readonly questions: readonly string[];
}

/**
 * Returns whether a service is up to date with the installed template, and with what `follow` makes of its answers. Reads only
 * gennet's records in the service.
 */
export async function checkService(
  folder: string,
  shown: string,
  templateNamed: (name: string) => Promise<Template>,
  follow: (answers: Answers) => Promise<Answers> = async (answers) => answers,
): Promise<CheckedService> {
  const record = await readRecord(folder, shown);
  const base = await readBase(folder, shown);
  const template = await templateNamed(record.template);
  checkNotNewer(record, template, shown);
  checkAnswers(record, template, shown);
  const { version } = record;
  const followed = await follow(record.answers);
  const answers = withEarlierAnswers(template, followed);
  const open = template.questions.filter(({ key }) => !(key in answers));
  const defaults = Object.fromEntries(open.map((question) => [question.key, question.default ?? ""]));
  const renderable = open.every((question) => question.default !== undefined);
  const next = renderable ? pristine(template, { ...answers, ...defaults }) : undefined;
  const changes = base === undefined || next === undefined ? undefined : compareRenders(base, next);
  const kit = base === undefined ? undefined : await kitStatus(folder, base, template.kit);
  const behind = kit?.state === "outdated" || kit?.state === "pinned";
  return {
    service: answers.name,
    template: record.template,
    from: version,
    to: template.version,
    outdated: version !== template.version || behind || (changes !== undefined && changes.length > 0),
    ...(kit === undefined ? {} : { kit }),
    ...(changes === undefined ? {} : { changes }),
    answers: base?.answers === undefined ? [] : answerChanges(base.answers, followed),
    questions: open.map((question) => question.key),
  };
}
