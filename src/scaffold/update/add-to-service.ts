import { AppError } from "../../core/error.ts";
import { shell } from "../../core/shell-words.ts";
import { checkFeatures } from "../features.ts";
import { checkPeers } from "../peer.ts";
import type { Answers } from "../render.ts";
import type { Template } from "../template.ts";
import { checkAnswers } from "./checked-answers.ts";
import { checkNotNewer, compareRenders } from "./compare.ts";
import { baseMissing } from "./missing-base.ts";
import { pendingUpdate } from "./pending-update.ts";
import { pristine } from "./pristine.ts";
import type { Base } from "./base.ts";
import { readBase, readRecord, type ServiceRecord } from "./record.ts";
import { filesForSample, sampleIn, withoutSample, withSample } from "./sample.ts";
import {
  goOn,
  type RevisedService,
  reviseService,
  type ReviseSetting,
  unfinished,
  unrevised,
} from "./revise-service.ts";

/** A list among a service's answers, and the names to add to it. */
export interface Addition {
  readonly to: "features" | "depends_on" | "called_by";
  readonly names: readonly string[];
}

export interface ExtendedService extends RevisedService {
  /** The names that the service did not have before. */
  readonly added: readonly string[];
  /** The files that the features add to the sample. The service replaced the sample, so its owners write them. */
  readonly toWrite: readonly string[];
  /** The sample's model, if it was changed: the new files match its original fields. */
  readonly changedSample?: string;
}

export interface AddSetting extends ReviseSetting {
  readonly templateNamed: (name: string) => Promise<Template>;
}

/**
 * Adds features, dependencies or callers to a service, at the version of the template that it follows. Throws
 * SCAFFOLD_… and GIT_… errors before writing anything.
 */
export async function addToService(
  folder: string,
  shown: string,
  addition: Addition,
  setting: AddSetting,
): Promise<ExtendedService> {
  const record = await readRecord(folder, shown);
  const pending = await pendingUpdate(folder);
  if (pending !== undefined) {
    // The interrupted run may have been a different command, which this command must not complete unasked.
    if (pending.from !== pending.to || missing(addition, pending.answers).length > 0) throw unfinished(shown);
    const added = missing(addition, record.answers);
    return { ...(await goOn(folder, shown, record, setting)), added, toWrite: [] };
  }
  const template = await setting.templateNamed(record.template);
  checkNotNewer(record, template, shown);
  checkAnswers(record, template, shown);
  checkNames(record, template, addition);
  const added = missing(addition, record.answers);
  if (added.length === 0) return { ...unrevised(record), added, toWrite: [] };
  const { to } = addition;
  const all = [...(record.answers[to] ?? []), ...added];
  checkNames(record, template, { to, names: all });
  const base = await readBase(folder, shown);
  if (base === undefined) throw baseMissing(shown, record);
  checkFollows(record, base, template, shown);
  const answers = { ...record.answers, [to]: all };
  const revise = (revision: Answers): Promise<RevisedService> =>
    reviseService(folder, shown, { record, base }, { template, answers: revision }, setting);
  if (to !== "features") return { ...(await revise(answers)), added, toWrite: [] };
  const { state, model } = await sampleIn(folder, base, template, answers);
  if (state === "replaced") {
    const without = withoutSample(answers, record.answers);
    return { ...(await revise(without)), added, toWrite: filesForSample(template, without, added) };
  }
  const changed = state === "changed" ? { changedSample: model } : {};
  return { ...(await revise(withSample(answers, added))), added, toWrite: [], ...changed };
}

function missing({ to, names }: Addition, answers: Partial<Answers> = {}): readonly string[] {
  return names.filter((name) => answers[to]?.includes(name) !== true);
}

function checkNames({ answers }: ServiceRecord, template: Template, { to, names }: Addition): void {
  if (to === "features") checkFeatures(template, names);
  else checkPeers(answers.name, shell`gennet service add ${to === "depends_on" ? "dependency" : "caller"}`, names);
}

/** An addition must not include an update of the template, which is a separate change to review. */
function checkFollows(record: ServiceRecord, base: Base, template: Template, shown: string): void {
  const same = record.version === template.version;
  if (same && compareRenders(base, pristine(template, record.answers)).length === 0) return;
  const follows = `${shown} follows ${record.template} ${record.version}`;
  const problem = same ? "which has changed since" : `and the installed version is ${template.version}`;
  throw new AppError("SCAFFOLD_SERVICE_OUTDATED", `${follows}, ${problem}.`, {
    next: [shell`gennet service update ${shown}  # then commit, and add again`],
  });
}
