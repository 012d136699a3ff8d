import { posix } from "node:path";
import { type Document, isMap, isScalar, isSeq, type YAMLSeq } from "yaml";
import type { Scratch, SnapshotFile, TreeChange } from "../../git/port.ts";
import { keepsAddedLines } from "./added-lines.ts";
import { documentsOf, editYaml } from "./edit-yaml.ts";

/** The names of a merge's snapshots. */
export interface MergeSnapshots {
  readonly yours: string;
  readonly theirs: string;
  readonly outcome: string;
}

export interface Unnamed {
  /** The kustomizations without those entries. */
  readonly files: readonly SnapshotFile[];
  /** The files that they listed. */
  readonly deleted: readonly string[];
}

/** The lists in the template's kustomizations that refer to files. */
const lists = ["resources", "patches"];

/**
 * Removes entries for deleted files. A file that the service deleted stays deleted, but the template may list it again
 * in a kustomization.yaml that is new or rewritten, and Kustomize could not build it. Entries of the service itself
 * stay, and so do kustomizations that cannot be rewritten without losing their formatting.
 */
export async function unnameDeleted({ yours, theirs, outcome }: MergeSnapshots, scratch: Scratch): Promise<Unnamed> {
  const template = await scratch.changes(outcome, theirs);
  const gone = new Set(template.filter(({ change }) => change === "added").map(({ path }) => path));
  const files: SnapshotFile[] = [];
  const deleted: string[] = [];
  if (gone.size === 0) return { files, deleted };
  const mine = await scratch.changes(outcome, yours);
  for (const { path, mode, id } of await scratch.changes(yours, outcome)) {
    if (posix.basename(path) !== "kustomization.yaml" || !mode.startsWith("100")) continue;
    const read = async (id: string | undefined): Promise<string | undefined> =>
      id === undefined ? undefined : (await scratch.read([id]))[0]?.toString("utf8");
    const idIn = (side: readonly TreeChange[]): string | undefined =>
      side.find((each) => each.path === path && each.change === "changed")?.id;
    const merged = (await read(id)) ?? "";
    const own = new Set(
      documentsOf((await read(idIn(mine))) ?? "")
        ?.flatMap(entriesOf)
        .map(({ names }) => names),
    );
    const unnamed: string[] = [];
    const content = editYaml(merged, (documents) => {
      for (const entry of documents.flatMap(entriesOf)) {
        const file = filesOf(path, entry.names).find((each) => gone.has(each));
        if (own.has(entry.names) || file === undefined) continue;
        drop(entry);
        unnamed.push(file);
      }
    });
    if (content === undefined || unnamed.length === 0) continue;
    // A comment of the service at such an entry would be lost with it.
    if (!keepsAddedLines({ base: (await read(idIn(template))) ?? merged, ours: merged }, content)) continue;
    files.push({ path, mode: mode === "100755" ? "100755" : "100644", content });
    deleted.push(...unnamed);
  }
  return { files, deleted };
}

interface Entry {
  readonly document: Document;
  readonly key: string;
  readonly list: YAMLSeq;
  readonly item: unknown;
  /** The path as written. */
  readonly names: string;
}

function entriesOf(document: Document): readonly Entry[] {
  return lists.flatMap((key) => {
    const list = document.get(key);
    if (!isSeq(list)) return [];
    return list.items.flatMap((item) => {
      const names = isMap(item) ? item.get("path") : isScalar(item) ? item.value : undefined;
      return typeof names === "string" ? [{ document, key, list, item, names }] : [];
    });
  });
}

function drop({ document, key, list, item }: Entry): void {
  list.items.splice(list.items.indexOf(item), 1);
  if (list.items.length === 0) document.delete(key);
}

/** Returns the paths that an entry may refer to: a file, or a folder with its own kustomization. */
function filesOf(kustomization: string, names: string): readonly string[] {
  const path = posix.join(posix.dirname(kustomization), names);
  return [path, posix.join(path, "kustomization.yaml")];
}
