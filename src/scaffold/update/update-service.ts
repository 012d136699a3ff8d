import { join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { AppError } from "../../core/error.ts";
import type { Git, Repository } from "../../git/port.ts";
import { answersFile, type Answers } from "../render.ts";
import type { Template } from "../template.ts";
import { checkNotNewer, compareRenders, type FileChange } from "./compare.ts";
import { onDisk } from "./diff-service.ts";
import { mergeService, type ServiceMerge } from "./merge-service.ts";
import { baseMissing } from "./missing-base.ts";
import { draftFolder, finish, layOut, pendingFolder, pendingUpdate } from "./pending-update.ts";
import { pristine } from "./pristine.ts";
import { type Base, baseFile, baseRecord, readBase, readRecord, type ServiceRecord, updatedAnswers } from "./record.ts";

export interface UpdateSetting {
  readonly git: Git;
  readonly signal: AbortSignal;
  readonly dryRun: boolean;
  /** Write the base of a service that has none, by rendering the installed template, and do no more. */
  readonly base: boolean;
  readonly templateNamed: (name: string) => Promise<Template>;
  /** The recorded answers with those to questions that are new. */
  readonly complete: (template: Template, recorded: Answers) => Promise<Answers>;
}

export interface UpdatedService {
  readonly service: string;
  readonly template: string;
  readonly from: string;
  readonly to: string;
  /** current: nothing to do; finished: an update that was stopped before was gone on with; pending: a dry run. */
  readonly state: "current" | "updated" | "finished" | "conflicts" | "pending";
  readonly files: readonly FileChange[];
  /** Files that both sides changed in one place; they have markers, and three stages in Git's index. */
  readonly conflicts: readonly string[];
  /** YAML and JSON that was merged by its structure. */
  readonly structural: readonly string[];
  /** What the service deleted and the template changed: it stays deleted. */
  readonly leftDeleted: readonly string[];
  /** Lockfiles that no longer fit what was updated. */
  readonly staleLocks: readonly string[];
  /** What would change, as a unified diff; in a dry run only. */
  readonly patch?: string;
}

/**
 * Brings a service to the installed template: a three-way merge of its pristine render, the new render and its last
 * commit. Throws SCAFFOLD_… and GIT_… errors, before anything is written.
 */
export async function updateService(folder: string, shown: string, setting: UpdateSetting): Promise<UpdatedService> {
  const record = await readRecord(folder, shown);
  const { dryRun, git } = setting;
  const about = { ...nothing, service: record.answers.name, template: record.template, from: record.version };
  if ((await pendingUpdate(folder)) !== undefined) return goOn(folder, shown, about, setting);
  const template = await setting.templateNamed(record.template);
  checkNotNewer(record, template, shown);
  const base = await readBase(folder, shown);
  if (setting.base) return restoreBase(folder, shown, { record, base, template, about, dryRun });
  if (base === undefined) throw baseMissing(shown, record);
  const answers = await setting.complete(template, record.answers);
  const next = pristine(template, answers);
  const to = next.version;
  const changes = compareRenders(base, next);
  if (record.version === to && changes.length === 0) return { ...about, to, state: "current" };
  const repository = await openClean(folder, shown, git);
  const merge = await mergeIn(folder, shown, { base, next, template }, repository);
  const files = merge.files.map(({ path, change }) => ({ path, change }));
  const { structural, leftDeleted, patch } = merge;
  const conflicts = [...merge.conflicts.keys()];
  const staleLocks = files.some((file) => file.path === "pyproject.toml") ? await lockfilesOf(folder) : [];
  const found = { ...about, to, files, conflicts, structural, leftDeleted, staleLocks };
  if (dryRun) return { ...found, state: "pending", patch };
  const records = [baseRecord(next), await updatedAnswers(folder, { ...record, version: to, answers })];
  const kept = records.map(({ path, content }) => ({ path, mode: "100644", content: Buffer.from(content) }));
  const update = { from: record.version, to, conflicts: merge.conflicts };
  await layOut(folder, update, [...merge.files, ...kept], setting.signal);
  await finish(folder, shown, repository);
  return { ...found, state: conflicts.length > 0 ? "conflicts" : "updated" };
}

const nothing = { files: [], conflicts: [], structural: [], leftDeleted: [], staleLocks: [] } as const;
type About = typeof nothing & Pick<UpdatedService, "service" | "template" | "from">;

/** Ends an update that was stopped by force. */
async function goOn(folder: string, shown: string, about: About, setting: UpdateSetting): Promise<UpdatedService> {
  if (setting.dryRun) {
    throw new AppError("SCAFFOLD_UPDATE_UNFINISHED", `An update of ${shown} was stopped half-way.`, {
      next: [`gennet service update ${shown}   finishes it`],
    });
  }
  const repository = await setting.git.repository(folder);
  if (repository === undefined) throw noRepository(shown);
  const { from, to, conflicts, writes } = await finish(folder, shown, repository);
  const changed = writes.filter(({ path }) => path !== baseFile && path !== answersFile);
  const files = changed.map(({ path, before, staged }) => {
    const change = staged === null ? "removed" : before === null ? "added" : "changed";
    return { path, change } as const;
  });
  const paths = conflicts.map(([path]) => path);
  const staleLocks = files.some((file) => file.path === "pyproject.toml") ? await lockfilesOf(folder) : [];
  const state = paths.length > 0 ? "conflicts" : "finished";
  return { ...about, from, to, files, conflicts: paths, staleLocks, state };
}

async function restoreBase(
  folder: string,
  shown: string,
  given: {
    readonly record: ServiceRecord;
    readonly base: Base | undefined;
    readonly template: Template;
    readonly about: About;
    readonly dryRun: boolean;
  },
): Promise<UpdatedService> {
  const { record, base, template, about, dryRun } = given;
  if (base !== undefined) return { ...about, to: record.version, state: "current" };
  if (record.version !== template.version) throw baseMissing(shown, record);
  if (!dryRun) await writeFileAtomic(join(folder, baseFile), baseRecord(pristine(template, record.answers)).content);
  const files = [{ path: baseFile, change: "added" as const }];
  return { ...about, to: record.version, files, state: dryRun ? "pending" : "updated" };
}

/** The service's repository, with everything in the service committed. */
async function openClean(folder: string, shown: string, git: Git): Promise<Repository & { head: string }> {
  const repository = await git.repository(folder);
  if (repository === undefined) throw noRepository(shown);
  const changed = (await repository.changed()).filter((path) => !path.startsWith(`${draftFolder}/`));
  const [first] = changed;
  if (first !== undefined) {
    const others = changed.length === 1 ? "" : ` and ${changed.length - 1} more`;
    throw new AppError("SCAFFOLD_TREE_DIRTY", `${shown} has changes that are not committed: ${first}${others}.`, {
      next: [`git add ${shown} && git commit   keeps them`, `git status ${shown}   shows them`],
    });
  }
  const head = await repository.tree();
  if (head !== undefined) return { ...repository, head };
  throw new AppError("SCAFFOLD_TREE_DIRTY", `${shown} is in no commit of its repository.`, {
    next: [`git add --force ${shown} && git commit   commits it`],
  });
}

async function mergeIn(
  folder: string,
  shown: string,
  { base, next, template }: { readonly base: Base; readonly next: Base; readonly template: Template },
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
      label: `${template.name}-${template.version}`,
    };
    const merge = await mergeService(sides, scratch);
    // The index names what only the scratch repository has.
    const ids = [...new Set([...merge.conflicts.values()].flat().map((stage) => stage.id))];
    for (const content of await scratch.read(ids)) await repository.keep(content);
    return merge;
  } finally {
    await scratch.dispose();
  }
}

async function lockfilesOf(folder: string): Promise<readonly string[]> {
  const found = await Promise.all(["uv.lock", "poetry.lock"].map((path) => onDisk(folder, path)));
  return found.flatMap((file) => (file === undefined ? [] : [file.path]));
}

function noRepository(shown: string): AppError {
  return new AppError("SCAFFOLD_NO_REPOSITORY", `${shown} is in no Git repository, so an update could not be undone.`, {
    next: [`git init ${shown} && git -C ${shown} add . && git -C ${shown} commit -m "Before the update"`],
  });
}
