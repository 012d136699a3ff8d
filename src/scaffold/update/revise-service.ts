import { listed } from "../../core/enumerate.ts";
import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../core/error.ts";
import { writing } from "../../core/file-error.ts";
import { shell } from "../../core/shell-words.ts";
import type { Git, Repository, IndexStage } from "../../git/port.ts";
import { answersFile, type Answers, type RenderedFile, vendorFolder } from "../render.ts";
import type { Template } from "../template.ts";
import { type AnswerChange, answerChanges } from "./answer-changes.ts";
import { compareRenders, type FileChange } from "./compare.ts";
import { onDisk } from "./on-disk.ts";
import { dressedContent, dressOf, textIn } from "./file-dress.ts";
import { type BrokenImport, brokenImports } from "./gone-modules.ts";
import { mergeService, type ServiceMerge } from "./merge-service.ts";
import { checkPlaces } from "./obstacles.ts";
import { draftFolder, finish, layOut, pendingFolder, type PendingUpdate, type Write } from "./pending-update.ts";
import { pristine } from "./pristine.ts";
import { replaceKit } from "./replace-kit.ts";
import { type ReplacedFile, replacedFiles, replacementIn } from "./replaced-files.ts";
import { type Base, baseFile, baseRecord } from "./base.ts";
import { lockfiles, type Relock } from "./relock.ts";
import { type ServiceRecord, updatedAnswers } from "./record.ts";

export interface ReviseSetting {
  readonly git: Git;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  readonly relock: Relock;
}

/** What a service is to be rendered from: another version of its template, other answers, or both. */
export interface Revision {
  readonly template: Template;
  readonly answers: Answers;
}

export interface RevisedService {
  readonly service: string;
  readonly template: string;
  readonly from: string;
  readonly to: string;
  /** current: nothing to do; finished: one that was stopped before was completed; pending: a dry run. */
  readonly state: "current" | "updated" | "finished" | "conflicts" | "pending";
  readonly files: readonly FileChange[];
  /** Answers that are not those that the service was rendered with before. */
  readonly answers: readonly AnswerChange[];
  /** Files that both sides changed in one place; they have markers, and three stages in Git's index. */
  readonly conflicts: readonly string[];
  /** Of those that the template no longer has: what takes their place. */
  readonly replaced: readonly ReplacedFile[];
  /** Lines of the service's own that import what the update removed. */
  readonly brokenImports: readonly BrokenImport[];
  /** YAML and JSON that was merged by its structure. */
  readonly structural: readonly string[];
  /** What the service deleted and the template changed or names again: it stays deleted. */
  readonly leftDeleted: readonly string[];
  /** Lockfiles that their own tool locked again: they are never merged. */
  readonly relocked: readonly string[];
  /** Lockfiles that no longer fit what was updated. */
  readonly staleLocks: readonly string[];
  /** What would change, as a unified diff; in a dry run only. */
  readonly patch?: string;
}

/**
 * A three-way merge of a service's pristine render, the render of the revision and its last commit, put into the
 * working tree. Throws SCAFFOLD_… and GIT_… errors, before anything is written.
 */
export async function reviseService(
  folder: string,
  shown: string,
  { record, base }: { readonly record: ServiceRecord; readonly base: Base },
  { template, answers }: Revision,
  { git, dryRun, signal, relock }: ReviseSetting,
): Promise<RevisedService> {
  const next = pristine(template, answers);
  const to = next.version;
  const unchanged = { ...unrevised(record), to };
  const sameRecord = record.version === to && isDeepStrictEqual(record.answers, answers);
  if (sameRecord && compareRenders(base, next).length === 0) return unchanged;
  const repository = await openClean(folder, shown, git);
  const merge = await mergeIn(folder, { base, next, label: `${template.name}-${to}` }, repository);
  const kit = await replaceKit(folder, base.kit, next.kit);
  const writes = [...merge.files, ...kit.files];
  const files = writes.map(({ path, change }) => ({ path, change }));
  const { structural } = merge;
  const [leftDeleted, patch] = [[...merge.leftDeleted, ...kit.leftDeleted], merge.patch + kit.patch];
  const stages = new Map([...merge.conflicts, ...kit.conflicts]);
  const conflicts = [...stages.keys()];
  const replacement = replacementIn(template, answers);
  const replaced = replacedFiles(conflicts, { base, next }, replacement);
  const changed = answerChanges(base.answers ?? record.answers, answers);
  const found = { ...unchanged, answers: changed, files, conflicts, replaced, structural, leftDeleted };
  if (dryRun) return { ...found, staleLocks: await staleLocks(folder, files), state: "pending", patch };
  const records = [baseRecord(next), await updatedAnswers(folder, { ...record, version: to, answers })];
  const kept = await Promise.all(records.map((file) => asWritten(folder, file)));
  const laidOut = { from: record.version, to, answers, conflicts: await keepAll(stages, repository) };
  await checkPlaces(folder, shown, writes);
  const advice = "Nothing was changed; then run the same command again.";
  await writing({ place: shown, advice }, () => layOut(folder, laidOut, [...writes, ...kept], signal));
  await finishIn(folder, shown, repository);
  const locks = await relockAll(folder, found, relock);
  const broken = await brokenImports(folder, { base, next }, replacement);
  return { ...found, ...locks, brokenImports: broken, state: conflicts.length > 0 ? "conflicts" : "updated" };
}

/** A service that stays as it is. */
export function unrevised({ answers, template, version }: ServiceRecord): RevisedService {
  const nothing = {
    files: [],
    answers: [],
    conflicts: [],
    replaced: [],
    brokenImports: [],
    structural: [],
    leftDeleted: [],
    relocked: [],
    staleLocks: [],
  };
  return { service: answers.name, template, from: version, to: version, state: "current", ...nothing };
}

/** Ends a revision that was stopped by force. Throws SCAFFOLD_UPDATE_UNFINISHED in a dry run. */
export async function goOn(
  folder: string,
  shown: string,
  record: ServiceRecord,
  { git, dryRun, relock }: ReviseSetting,
): Promise<RevisedService> {
  if (dryRun) throw unfinished(shown);
  const repository = await git.repository(folder);
  if (repository === undefined) throw noRepository(shown);
  const { from, to, answers, conflicts, writes } = await finishIn(folder, shown, repository);
  const changed = writes.filter(({ path }) => path !== baseFile && path !== answersFile);
  const files = changed.map(({ path, before, staged }) => {
    const change = staged === null ? "removed" : before === null ? "added" : "changed";
    return { path, change } as const;
  });
  const paths = conflicts.map(([path]) => path);
  const state = paths.length > 0 ? "conflicts" : "finished";
  const locks = await relockAll(folder, { files, conflicts: paths }, relock);
  const known = { answers: answerChanges(record.answers, answers ?? record.answers), conflicts: paths };
  return { ...unrevised(record), from, to, files, ...known, ...locks, state };
}

/** From here on the update is laid out: whatever stops it, the next run finishes it. */
function finishIn(folder: string, shown: string, repository: Repository): Promise<PendingUpdate> {
  const advice = shell`gennet service update ${shown}  # finishes the update`;
  return writing({ place: shown, advice }, () => finish(folder, shown, repository));
}

export function unfinished(shown: string): AppError {
  return new AppError("SCAFFOLD_UPDATE_UNFINISHED", `An update of ${shown} was stopped half-way.`, {
    next: [shell`gennet service update ${shown}  # finishes it`],
  });
}

/** The service's repository, with everything in the service committed. */
async function openClean(folder: string, shown: string, git: Git): Promise<Repository & { head: string }> {
  const repository = await git.repository(folder);
  if (repository === undefined) throw noRepository(shown);
  const changed = (await repository.changed()).filter((path) => !path.startsWith(`${draftFolder}/`));
  if (changed.length > 0) {
    throw new AppError("SCAFFOLD_TREE_DIRTY", `${shown} has changes that are not committed: ${listed(changed, 1)}.`, {
      next: [shell`git add ${shown} && git commit  # keeps them`, shell`git status ${shown}  # shows them`],
    });
  }
  const head = await repository.tree();
  if (head !== undefined) return { ...repository, head };
  throw new AppError("SCAFFOLD_TREE_DIRTY", `${shown} is in no commit of its repository.`, {
    next: [shell`git add --force ${shown} && git commit  # commits it`],
  });
}

async function mergeIn(
  folder: string,
  { base, next, label }: { readonly base: Base; readonly next: Base; readonly label: string },
  repository: Repository & { head: string },
): Promise<ServiceMerge> {
  const known = new Set(base.files.map((file) => file.path));
  const added = next.files.filter((file) => !known.has(file.path));
  const there = await Promise.all(added.map((file) => onDisk(folder, file.path)));
  const scratch = await repository.scratch();
  try {
    const sides = {
      base: base.files,
      theirs: next.files,
      tree: repository.head,
      ignored: there.filter((file) => file !== undefined),
      without: [answersFile, baseFile, pendingFolder, draftFolder],
      label,
    };
    return await mergeService(sides, scratch);
  } finally {
    await scratch.dispose();
  }
}

/** What the index is to name must be in the repository. */
async function keepAll(
  conflicts: ServiceMerge["conflicts"],
  repository: Repository,
): Promise<ReadonlyMap<string, readonly IndexStage[]>> {
  const kept = new Map<string, readonly IndexStage[]>();
  for (const [path, sides] of conflicts) {
    const stages: IndexStage[] = [];
    for (const { mode, stage, content } of sides) stages.push({ mode, stage, id: await repository.keep(content) });
    kept.set(path, stages);
  }
  return kept;
}

/** A file of gennet's with the line endings that it has in the service. */
async function asWritten(folder: string, { path, content }: RenderedFile): Promise<Write> {
  const now = await onDisk(folder, path);
  const dress = dressOf(textIn(now?.content ?? "") ?? "");
  return { path, mode: "100644", content: dressedContent(Buffer.from(content), dress) };
}

const project = "pyproject.toml";

async function staleLocks(folder: string, files: readonly FileChange[]): Promise<readonly string[]> {
  if (!files.some(({ path }) => path === project || path.startsWith(`${vendorFolder}/`))) return [];
  const found = await Promise.all(lockfiles.map((path) => onDisk(folder, path)));
  return found.flatMap((file) => (file === undefined ? [] : [file.path]));
}

/** A project with markers in it cannot be locked: that is left to the user who resolves them. */
async function relockAll(
  folder: string,
  { files, conflicts }: Pick<RevisedService, "files" | "conflicts">,
  relock: Relock,
): Promise<Pick<RevisedService, "relocked" | "staleLocks">> {
  const stale = await staleLocks(folder, files);
  if (conflicts.includes(project)) return { relocked: [], staleLocks: stale };
  const fits = await Promise.all(stale.map(async (lock) => ({ lock, done: await relock(folder, lock) })));
  return {
    relocked: fits.filter(({ done }) => done).map(({ lock }) => lock),
    staleLocks: fits.filter(({ done }) => !done).map(({ lock }) => lock),
  };
}

function noRepository(shown: string): AppError {
  return new AppError("SCAFFOLD_NO_REPOSITORY", `${shown} is in no Git repository, so an update could not be undone.`, {
    next: [shell`git init ${shown} && git -C ${shown} add . && git -C ${shown} commit -m "Before the update"`],
  });
}
