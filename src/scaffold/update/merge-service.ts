import type { FileMode, Scratch, SnapshotFile, IndexStage, TreeChange } from "../../git/port.ts";
import type { RenderedFile } from "../render.ts";
import { type Dress, dressedContent } from "./file-dress.ts";
import { structuralMerge } from "./structural-merge.ts";
import { undress } from "./undress.ts";
import { unnameDeleted } from "./unname-deleted.ts";

export interface MergeSides {
  readonly base: readonly RenderedFile[];
  readonly theirs: readonly RenderedFile[];
  /** The service's tree in the last commit. */
  readonly tree: string;
  /** Files that are on the disk, not in that tree, and that the template would write: the user's, too. */
  readonly ignored: readonly SnapshotFile[];
  /** What the merge must not see: gennet's own files. */
  readonly without: readonly string[];
  /** How the template's side is called in conflict markers. */
  readonly label: string;
}

export interface MergedFile extends TreeChange {
  /** Undefined for a removed file. */
  readonly content: Uint8Array | undefined;
}

/** One of the sides of a conflict, as the service writes the file. */
export interface ConflictStage extends Omit<IndexStage, "id"> {
  readonly content: Uint8Array;
}

export interface ServiceMerge {
  readonly files: readonly MergedFile[];
  /** Real conflicts, as three stages; their files have markers. */
  readonly conflicts: ReadonlyMap<string, readonly ConflictStage[]>;
  /** What was merged by its structure, as lines alone would have been a conflict, or named what is not there. */
  readonly structural: readonly string[];
  /** What the user deleted and the template changed, or names again. */
  readonly leftDeleted: readonly string[];
  readonly patch: string;
}

/** A lockfile is made by its tool: merging two of them gives one that no tool resolved. */
const lockfiles = /(^|\/)(uv\.lock|poetry\.lock|package-lock\.json)$/;

/** The three-way merge of whole trees: the template's changes since the base, into what the user made of it. */
export async function mergeService(sides: MergeSides, scratch: Scratch): Promise<ServiceMerge> {
  const { base, theirs, tree, ignored, label } = sides;
  const known = new Set(base.map((file) => file.path));
  const kept = new Set([...base, ...theirs].filter(isOnce).map((file) => file.path));
  const firstDrafts = theirs.filter((file) => kept.has(file.path) && !known.has(file.path));
  await scratch.record([
    { name: "base", files: base.filter((file) => !kept.has(file.path)).map(toSnapshot) },
    { name: "service", tree, without: sides.without, files: ignored },
    { name: "written", parent: "base", tree, without: [...sides.without, ...kept], files: notIn(ignored, kept) },
  ]);
  const { files: undressed, dresses } = await undress("base", "written", scratch);
  const mine = [...notIn(ignored, new Set([...kept, ...dresses.keys()])), ...undressed];
  await scratch.record([
    { name: "yours", parent: "base", tree, without: [...sides.without, ...kept], files: mine },
    { name: label, parent: "base", files: theirs.filter((file) => !kept.has(file.path)).map(toSnapshot) },
  ]);
  const merged = await scratch.merge("yours", label);
  const settled = await settle(merged.conflicts, label, scratch);
  const service = await pathsOf(scratch, "service", firstDrafts);
  const drafts = firstDrafts.filter((file) => !service.has(file.path)).map(toSnapshot);
  const recordOutcome = (name: string, more: readonly SnapshotFile[]): Promise<void> => {
    const files = [...settled.files, ...drafts, ...more];
    return scratch.record([{ name, tree: merged.tree, without: settled.removed, files }]);
  };
  await recordOutcome("merged", []);
  const unnamed = await unnameDeleted({ yours: "yours", theirs: label, outcome: "merged" }, scratch);
  await recordOutcome("outcome", unnamed.files);
  const changes = (await scratch.changes("yours", "outcome")).filter((each) => each.mode !== "160000");
  const contents = await scratch.read(changes.filter((each) => each.change !== "removed").map((each) => each.id));
  const from = dresses.size === 0 ? undefined : await scratch.renames("yours", "outcome");
  const dressAt = (path: string): Dress | undefined => dresses.get(path) ?? dresses.get(from?.get(path) ?? "");
  let next = 0;
  const written = (path: string): Uint8Array => dressedContent(contents[next++] ?? Buffer.alloc(0), dressAt(path));
  return {
    files: changes.map((each) => ({ ...each, content: each.change === "removed" ? undefined : written(each.path) })),
    conflicts: await conflictsIn(settled.conflicts, dressAt, scratch),
    structural: [...new Set([...settled.files, ...unnamed.files].map((file) => file.path))],
    leftDeleted: [...new Set([...settled.leftDeleted, ...unnamed.deleted])],
    patch: await scratch.patch("yours", "outcome"),
  };
}

/** Brings together what lines alone could not, and leaves deleted what the user deleted. */
async function settle(found: ReadonlyMap<string, readonly IndexStage[]>, label: string, scratch: Scratch) {
  const conflicts = new Map<string, readonly IndexStage[]>();
  const files: SnapshotFile[] = [];
  const leftDeleted: string[] = [];
  const removed: string[] = [];
  for (const [path, stages] of found) {
    const side = (stage: IndexStage["stage"], at = stages): IndexStage | undefined =>
      at.find((each) => each.stage === stage);
    const [base, ours, theirs] = [side(1), side(2), side(3)];
    // Both renamed it: their names are conflicts themselves.
    if (ours === undefined && theirs === undefined) continue;
    const place = placeOf(path, label);
    const stillOurs = place !== path && side(2, found.get(place)) !== undefined;
    if (base !== undefined && ours === undefined && !stillOurs) {
      leftDeleted.push(place);
      removed.push(path);
      continue;
    }
    const text = base && ours && theirs && (await merged(path, [base, ours, theirs], scratch));
    if (text === undefined) conflicts.set(path, stages);
    else files.push({ path, mode: modeOf(base, ours, theirs), content: text });
  }
  return { conflicts, files, leftDeleted, removed };
}

/** Git moves the template's file aside (`PATH~LABEL`) where the service has a link or a folder in its place. */
function placeOf(path: string, label: string): string {
  const [place = path, number] = path.split(`~${label}`);
  return number !== undefined && /^(_\d+)?$/.test(number) ? place : path;
}

/** The executable bit is merged as everything else is: the side that changed it decides. */
function modeOf(base?: IndexStage, ours?: IndexStage, theirs?: IndexStage): FileMode {
  const mode = ours?.mode === base?.mode ? theirs?.mode : ours?.mode;
  return mode === "100755" ? "100755" : "100644";
}

async function conflictsIn(
  found: ReadonlyMap<string, readonly IndexStage[]>,
  dressAt: (path: string) => Dress | undefined,
  scratch: Scratch,
): Promise<ReadonlyMap<string, readonly ConflictStage[]>> {
  const contents = await scratch.read([...found.values()].flat().map(({ id }) => id));
  let next = 0;
  const side = (path: string, { mode, stage }: IndexStage): ConflictStage => {
    const content = contents[next++] ?? Buffer.alloc(0);
    return { mode, stage, content: mode === "120000" ? content : dressedContent(content, dressAt(path)) };
  };
  return new Map([...found].map(([path, stages]) => [path, stages.map((stage) => side(path, stage))]));
}

async function merged(path: string, stages: readonly IndexStage[], scratch: Scratch): Promise<string | undefined> {
  if (stages.some((stage) => !stage.mode.startsWith("100"))) return undefined;
  const contents = await scratch.read(stages.map((stage) => stage.id));
  const [base = "", ours = "", theirs = ""] = contents.map((content) => content.toString("utf8"));
  return structuralMerge(path, { base, ours, theirs });
}

/** Which of these paths a snapshot has. */
async function pathsOf(scratch: Scratch, name: string, files: readonly RenderedFile[]): Promise<ReadonlySet<string>> {
  if (files.length === 0) return new Set();
  await scratch.record([{ name: "drafts", files: files.map(toSnapshot) }]);
  const lacking = (await scratch.changes(name, "drafts")).filter((each) => each.change === "added");
  const absent = new Set(lacking.map((each) => each.path));
  return new Set(files.map((file) => file.path).filter((path) => !absent.has(path)));
}

function isOnce(file: RenderedFile): boolean {
  return file.once === true || lockfiles.test(file.path);
}

function notIn(files: readonly SnapshotFile[], paths: ReadonlySet<string>): readonly SnapshotFile[] {
  return files.filter((file) => !paths.has(file.path));
}

export function toSnapshot({ path, content, mode }: RenderedFile): SnapshotFile {
  return { path, content, mode: mode === 0o755 ? "100755" : "100644" };
}
