import { parse } from "yaml";
import { isPartOf, drifted } from "../../../core/drift.ts";
import { AppError } from "../../../core/error.ts";
import { shell } from "../../../core/shell-words.ts";
import type { Operation } from "../../../core/operation.ts";
import { asDesired, blocked, creation, type Difference, ready, type ResourceContext } from "../../../core/resource.ts";
import type { RemoteBranch, RemoteFolder } from "../../../git/remote-port.ts";
import { platformFolder } from "../../components/applications.ts";
import { type FolderFiles, ownListFile, platformTree } from "../../components/platform-tree.ts";
import { sourcesOf } from "../../platform-sources.ts";
import { adoptingStep, type RegionResource, type RegionWorld } from "../../world.ts";
import { autoscalerIdentity, loadBalancerIdentity, secretsIdentity } from "../pod-identities.ts";
import { neo4jAddress } from "../stores/neo4j-login.ts";
import { argoCd } from "./argo-cd.ts";
import { requestComparison } from "./request-comparison.ts";

/** How often a commit begins again because the branch got another one meanwhile: other regions commit to it, too. */
const attempts = 8;

/** Undefined for a region that is removed: its files stay. */
type Actual = RemoteFolder | undefined;

/** The region's folder in the GitOps repository: one commit for all that changes in it. */
export const platformFiles: RegionResource<Actual, true> = {
  id: "platform-files",
  title: "Platform in Git",
  // A cluster without Argo CD would have no use for them. Pods get their roles when they are created, and secrets are read
  // then.
  needs: [argoCd, secretsIdentity, loadBalancerIdentity, autoscalerIdentity, neo4jAddress],
  read: async ({ world, signal, removing }) =>
    removing === true ? undefined : sourcesOf(world).git.read(branchOf(world), platformFolder(world), signal),
  diff: (actual, { world }) => (actual === undefined ? asDesired : changesIn(actual, world)),
  apply: commitFiles,
  ready: () => ready,
  output: (actual) => (actual?.commit === undefined ? undefined : true),
  removal: {
    diff: () => asDesired,
    apply: async () => undefined,
    gone: () => ready,
    keeps: (_actual, { world }) => {
      const { repository, branch } = branchOf(world);
      const remove = shell`git rm -r ${platformFolder(world)}`;
      return [`${platformFolder(world)} on ${branch} of ${repository}; remove it with a commit: ${remove}`];
    },
  },
};

function branchOf({ platform }: RegionWorld): RemoteBranch {
  const { repository = "", branch = "" } = platform.gitops ?? {};
  return { repository, branch };
}

async function commitFiles(actual: Actual, at: ResourceContext<RegionWorld>): Promise<void> {
  const { world, signal } = at;
  const { git } = sourcesOf(world);
  const branch = branchOf(world);
  const folder = platformFolder(world);
  const planned = actual === undefined ? asDesired : changesIn(actual, world);
  let seen = actual;
  for (let attempt = 0; attempt < attempts; attempt++) {
    seen ??= await git.read(branch, folder, signal);
    const now = changesIn(seen, world);
    // Someone may have changed the same files since they were shown.
    if (now.obstacle !== undefined || !isPartOf(planned, now)) throw drifted(platformFiles.title, planned, now);
    if (now.operations.length === 0) return;
    const { writes, removes } = filesIn(seen, world);
    const message = messageFor(world, now.operations);
    const commit = await git.commit(branch, seen.commit, { folder, writes, removes, message }, signal);
    if (commit !== undefined) return requestComparison(commit, at);
    seen = undefined;
  }
  throw new AppError(
    "GIT_REMOTE_BUSY",
    `${branch.branch} of ${branch.repository} got other commits ${attempts} times.`,
    {
      next: ["Run the same command again."],
    },
  );
}

/** Returns the files that a commit has to write and to remove. */
function filesIn(
  { files }: RemoteFolder,
  world: RegionWorld,
): { readonly writes: FolderFiles; readonly removes: readonly string[] } {
  const desired = platformTree(world);
  const own = new Set(ownFiles(files));
  return {
    writes: new Map([...desired].filter(([path, text]) => files.get(path) !== text)),
    removes: [...files.keys()].filter((path) => own.has(path) && !desired.has(path)),
  };
}

function changesIn(actual: RemoteFolder, world: RegionWorld): Difference {
  const { files } = actual;
  const { writes, removes } = filesIn(actual, world);
  const folder = platformFolder(world);
  const own = new Set([...ownFiles(files), ownListFile]);
  const foreign = [...writes.keys()].find((path) => files.has(path) && !own.has(path));
  const operations = [
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
  const ofVerb = (verb: Operation["verb"]): number => operations.filter((each) => each.verb === verb).length;
  const counts = `Files: ${ofVerb("create")} created, ${ofVerb("update")} updated, ${ofVerb("delete")} deleted.`;
  return `Platform ${platform.name} in region ${region.name}\n\n${counts}\nMade by gennet region bootstrap from gennet.yaml.\n`;
}
