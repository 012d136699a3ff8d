import { parse } from "yaml";
import { isPartOf, drifted } from "../../../core/drift.ts";
import { AppError } from "../../../core/error.ts";
import type { Operation } from "../../../core/operation.ts";
import { asDesired, blocked, creation, type Difference, type ResourceContext } from "../../../core/resource.ts";
import type { RemoteBranch, RemoteFolder } from "../../../git/remote-port.ts";
import { platformFolder } from "../../components/applications.ts";
import type { ComponentWorld } from "../../components/component.ts";
import { componentsOf } from "../../components/components.ts";
import { versionsIn } from "../../components/mesh-in-git.ts";
import { type FolderFiles, ownListFile, platformTree } from "../../components/platform-tree.ts";
import { sourcesOf } from "../../platform-sources.ts";
import { adoptingStep, type RegionWorld } from "../../world.ts";
import { requestComparison } from "./request-comparison.ts";

/** How often a commit begins again because the branch got another one meanwhile: other regions commit to it, too. */
const attempts = 8;

/** A region's folder in the GitOps repository, as one resource wants it. */
export interface FolderGoal {
  readonly title: string;
  /** Returns the world of which the folder should have the files, from those that it has. */
  world(files: FolderFiles, world: RegionWorld): RegionWorld;
}

export function branchOf({ platform }: Pick<RegionWorld, "platform">): RemoteBranch {
  const { repository = "", branch = "" } = platform.gitops ?? {};
  return { repository, branch };
}

export async function readFolder({ world, signal }: ResourceContext<RegionWorld>): Promise<RemoteFolder> {
  return sourcesOf(world).git.read(branchOf(world), platformFolder(world), signal);
}

/** Returns what a commit has to change in files, for a world. */
export function folderChanges(files: FolderFiles, world: RegionWorld): Difference {
  const { writes, removes, foreign } = filesIn(files, world);
  const folder = platformFolder(world);
  const operations = [
    ...versionChanges(files, world),
    ...[...writes].map(([path, text]): Operation => {
      const before = files.get(path);
      const target = `${folder}/${path}`;
      return before === undefined
        ? creation(target)
        : { verb: "update", target, field: "lines", ...lines(before, text) };
    }),
    ...removes.map((path): Operation => ({ verb: "delete", target: `${folder}/${path}` })),
  ];
  if (foreign !== undefined && world.adopts !== true) {
    return blocked(`${folder}/${foreign} exists, and gennet did not write it`, operations, [
      adoptingStep,
      "Move it to another folder of the repository.",
    ]);
  }
  return { operations };
}

/** Returns the files as they are once a world is committed. */
export function committed(files: FolderFiles, world: RegionWorld): FolderFiles {
  const { writes, removes } = filesIn(files, world);
  return new Map([...[...files].filter(([path]) => !removes.includes(path)), ...writes]);
}

/** Commits what a goal wants, on top of what others have committed meanwhile. */
export async function commitFolder(
  { title, world: wanted }: FolderGoal,
  actual: RemoteFolder | undefined,
  at: ResourceContext<RegionWorld>,
): Promise<void> {
  const { world, signal } = at;
  const { git } = sourcesOf(world);
  const changesIn = ({ files }: RemoteFolder): Difference => folderChanges(files, wanted(files, world));
  const planned = actual === undefined ? asDesired : changesIn(actual);
  let seen = actual;
  for (let attempt = 0; attempt < attempts; attempt++) {
    seen ??= await readFolder(at);
    const now = changesIn(seen);
    // Someone may have changed the same files since they were shown.
    if (now.obstacle !== undefined || !isPartOf(planned, now)) throw drifted(title, planned, now);
    if (now.operations.length === 0) return;
    const target = wanted(seen.files, world);
    const { writes, removes } = filesIn(seen.files, target);
    const change = { folder: platformFolder(world), writes, removes, message: messageFor(world, now.operations) };
    const commit = await git.commit(branchOf(world), seen.commit, change, signal);
    if (commit !== undefined) return requestComparison(commit, { ...at, world: target });
    seen = undefined;
  }
  const { repository, branch } = branchOf(world);
  throw new AppError("GIT_REMOTE_BUSY", `${branch} of ${repository} got other commits ${attempts} times.`, {
    next: ["Run the same command again."],
  });
}

/** Returns the files that a commit has to write and to remove, and the first of them that gennet did not write. */
function filesIn(
  files: FolderFiles,
  world: RegionWorld,
): { readonly writes: FolderFiles; readonly removes: readonly string[]; readonly foreign: string | undefined } {
  const desired = platformTree(world);
  const own = new Set([...ownFiles(files), ownListFile]);
  const writes = new Map([...desired].filter(([path, text]) => files.get(path) !== text));
  return {
    writes,
    removes: [...files.keys()].filter((path) => own.has(path) && !desired.has(path)),
    foreign: [...writes.keys()].find((path) => files.has(path) && !own.has(path)),
  };
}

/** Says in words which components get another version. */
function versionChanges(files: FolderFiles, world: ComponentWorld): readonly Operation[] {
  const before = versionsIn(files);
  return componentsOf(world).flatMap((component): Operation[] => {
    const [was, now] = [before.get(component.id), component.version?.(world)];
    if (was === undefined || now === undefined || was === now) return [];
    return [{ verb: "update", target: component.title, field: "version", before: was, after: now }];
  });
}

/** Returns the files that gennet wrote, as its list in the folder has them. A list that cannot be read has none. */
function ownFiles(files: FolderFiles): readonly string[] {
  try {
    const list = parse(files.get(ownListFile) ?? "") as { readonly files?: Readonly<Record<string, string>> } | null;
    return Object.keys(list?.files ?? {});
  } catch {
    return [];
  }
}

/** Returns the lines that a change removes and adds. */
function lines(
  before: string,
  after: string,
): { readonly before?: readonly string[]; readonly after: readonly string[] } {
  const [old = [], now = []] = [before, after].map((text) => text.split("\n"));
  const removed = without(old, now);
  return { ...(removed.length === 0 ? {} : { before: removed }), after: without(now, old) };
}

function without(from: readonly string[], those: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of those) counts.set(line, (counts.get(line) ?? 0) + 1);
  return from.flatMap((line) => {
    const left = counts.get(line) ?? 0;
    counts.set(line, left - 1);
    return left > 0 ? [] : [line.trim()];
  });
}

function messageFor({ region, platform }: RegionWorld, operations: readonly Operation[]): string {
  const ofFiles = operations.filter(({ field }) => field !== "version");
  const ofVerb = (verb: Operation["verb"]): number => ofFiles.filter((each) => each.verb === verb).length;
  const counts = `Files: ${ofVerb("create")} created, ${ofVerb("update")} updated, ${ofVerb("delete")} deleted.`;
  const versions = operations.flatMap(({ field, target, before, after }) =>
    field === "version" ? [`${target} ${String(before)} → ${String(after)}\n`] : [],
  );
  const title = `Platform ${platform.name} in region ${region.name}`;
  return `${title}\n\n${versions.join("")}${counts}\nMade by gennet region bootstrap from gennet.yaml.\n`;
}
