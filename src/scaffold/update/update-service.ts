import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { AppError } from "../../core/error.ts";
import { writing } from "../../core/file-error.ts";
import { shell } from "../../core/shell-words.ts";
import { type Answers, answersFile } from "../render.ts";
import type { Template } from "../template.ts";
import { checkAnswers } from "./checked-answers.ts";
import { checkNotNewer } from "./compare.ts";
import { withEarlierAnswers } from "./earlier-answers.ts";
import { baseMissing } from "./missing-base.ts";
import { pendingUpdate } from "./pending-update.ts";
import { pristine } from "./pristine.ts";
import { baseFile, baseRecord } from "./base.ts";
import { joinAnswers, readBase, readRecord, type ServiceRecord } from "./record.ts";
import { goOn, type RevisedService, reviseService, type ReviseSetting, unrevised } from "./revise-service.ts";

export interface UpdateSetting extends ReviseSetting {
  /** Only write the base of a service that has none, by rendering the installed template. */
  readonly base: boolean;
  readonly templateNamed: (name: string) => Promise<Template>;
  /** Returns the recorded answers, with those of gennet.yaml and answers to new questions. */
  readonly complete: (template: Template, recorded: Answers) => Promise<Answers>;
}

/** Updates a service to the installed template. Throws SCAFFOLD_… and GIT_… errors before writing anything. */
export async function updateService(folder: string, shown: string, setting: UpdateSetting): Promise<RevisedService> {
  const joined = setting.base && !setting.dryRun && (await joinAnswers(folder, shown));
  const record = await readRecord(folder, shown);
  if ((await pendingUpdate(folder)) !== undefined) return goOn(folder, shown, record, setting);
  const template = await setting.templateNamed(record.template);
  checkNotNewer(record, template, shown);
  checkAnswers(record, template, shown);
  if (setting.base) return restoreBase(folder, shown, { record, template, dryRun: setting.dryRun, joined });
  const base = await readBase(folder, shown);
  if (base === undefined) throw baseMissing(shown, record);
  const answers = await setting.complete(template, withEarlierAnswers(template, record.answers));
  return reviseService(folder, shown, { record, base }, { template, answers }, setting);
}

/** Renders the base of a service if it is missing or unreadable, from the answers and the version. */
async function restoreBase(
  folder: string,
  shown: string,
  given: {
    readonly record: ServiceRecord;
    readonly template: Template;
    readonly dryRun: boolean;
    /** Whether the answers were those of two branches. */
    readonly joined: boolean;
  },
): Promise<RevisedService> {
  const { record, template, dryRun, joined } = given;
  const base = await readBase(folder, shown).catch((error: unknown) => {
    if (error instanceof AppError && isUnreadable(error)) return error;
    throw error;
  });
  if (base !== undefined && !(base instanceof AppError) && !joined) return unrevised(record);
  if (record.version !== template.version)
    throw base === undefined ? baseMissing(shown, record) : otherVersion(shown, record);
  if (!dryRun) {
    const { content } = baseRecord(pristine(template, record.answers));
    const advice = "No changes made; then run the same command again.";
    await writing({ place: shown, advice }, () => writeFileAtomic(join(folder, baseFile), content));
  }
  const answered = joined ? [{ path: answersFile, change: "changed" as const }] : [];
  const files = [
    ...answered,
    { path: baseFile, change: base === undefined ? ("added" as const) : ("changed" as const) },
  ];
  return { ...unrevised(record), files, state: dryRun ? "pending" : "updated" };
}

function isUnreadable({ code }: AppError): boolean {
  return code === "SCAFFOLD_RECORD_CONFLICT" || code === "SCAFFOLD_RECORD_INVALID";
}

/** The base of either branch is sufficient: the other branch's changes are merged from there. */
function otherVersion(shown: string, { template, version }: ServiceRecord): AppError {
  const message = `${shown} follows ${template} ${version}, which this gennet cannot render.`;
  return new AppError("SCAFFOLD_BASE_MISSING", message, {
    next: [
      shell`git checkout --ours -- ${`${shown}/${baseFile}`}  # uses this branch's base during a merge; update merges the rest`,
      shell`git checkout HEAD -- ${`${shown}/${baseFile}`}  # restores the last committed one`,
    ],
  });
}
