import type { TextView, Tone } from "../../core/command.ts";
import { shell } from "../../core/shell-words.ts";
import { answerText } from "./answer-changes.ts";
import type { FileChange } from "./compare.ts";
import { relockCommand } from "./relock.ts";
import type { BrokenImport } from "./gone-modules.ts";
import type { ReplacedFile } from "./replaced-files.ts";
import type { RevisedService } from "./revise-service.ts";

const marks: Readonly<Record<FileChange["change"], readonly [mark: string, tone: Tone]>> = {
  added: ["+", "good"],
  changed: ["~", "warn"],
  removed: ["-", "bad"],
};

export function changeLines(changes: readonly FileChange[], { paint }: Pick<TextView, "paint">): string[] {
  return changes.map(({ path, change }) => {
    const [mark, tone] = marks[change];
    return `  ${paint(tone, mark)} ${path}`;
  });
}

/** A unified diff with its added and removed lines coloured. */
export function patchLines(patch: string, { paint }: Pick<TextView, "paint">): string {
  const line = (text: string): string => {
    if (/^(diff|index|---|\+\+\+|similarity|rename|new file|deleted file|old mode|new mode) ?/.test(text)) {
      return paint("strong", text);
    }
    if (text.startsWith("@@")) return paint("dim", text);
    if (text.startsWith("+")) return paint("good", text);
    return text.startsWith("-") ? paint("bad", text) : text;
  };
  return patch.trimEnd().split("\n").map(line).join("\n");
}

/** What an update did or would do, and what is left to do. */
export function updateText(update: RevisedService & { readonly path: string }, view: TextView): string {
  const { template, from, to } = update;
  const way = [
    from === to ? `${template} ${to}` : `${template} ${from} → ${to}`,
    ...update.answers.map(answerText),
  ].join(", ");
  const says = { current: `follows ${template} ${to}`, pending: `would go ${way}`, done: way };
  return revisionText(update, says, view);
}

/** What a revision did or would do, in the words of the command that made it. */
export function revisionText(
  revised: RevisedService & { readonly path: string },
  says: Readonly<Record<"current" | "pending" | "done", string>>,
  view: TextView,
): string {
  const {
    service,
    state,
    path,
    files,
    conflicts,
    replaced,
    brokenImports,
    leftDeleted,
    structural,
    relocked,
    staleLocks,
  } = revised;
  const name = view.paint("strong", service);
  if (state === "current") return `${view.paint("good", "✔")} ${name} ${says.current}.`;
  const clean = changesWithout(files, conflicts);
  const notes = [
    ...conflicts.map((each) => `  ${view.paint("bad", "!")} ${each}: ${conflictText(each, replaced)}`),
    ...structural.map((each) => `  ${view.paint("dim", `${each} was merged by its structure`)}`),
    ...relocked.map((each) => `  ${view.paint("dim", `${each} was made again by its tool`)}`),
    ...brokenImports.map((each) => `  ${view.paint("warn", "!")} ${importText(each)}`),
    ...leftDeleted.map((each) => `  ${view.paint("dim", `${each} was deleted here and stays deleted`)}`),
  ];
  const lists = [...changeLines(clean, view), ...notes];
  if (state === "pending") {
    const diff = revised.patch === undefined || revised.patch === "" ? [] : ["", patchLines(revised.patch, view)];
    return [`${view.paint("warn", "!")} ${name} ${says.pending}:`, ...lists, ...diff].join("\n");
  }
  const mark = conflicts.length > 0 ? view.paint("bad", "✖") : view.paint("good", "✔");
  const said = conflicts.length > 0 ? `, ${conflicts.length} with conflicts` : "";
  const again = state === "finished" ? " (it had been stopped before)" : "";
  const next = [
    ...(conflicts.length > 0 ? [shell`  edit the files marked with !, then git add ${path}`] : []),
    ...staleLocks.map((lock) => `  ${relockCommand(lock, path)}     # ${lock} is locked again, never merged`),
    shell`  git diff -- ${path}     # look at it, run the tests, commit`,
  ];
  const head = `${mark} ${name}: ${says.done}, ${counted(files)}${said}${again}`;
  return [head, ...lists, "", "Next:", ...next].join("\n");
}

function importText({ path, line, module, now }: BrokenImport): string {
  return `${path}:${line} imports ${module}, which is no longer there${now === undefined ? "" : `: it is ${now} now`}`;
}

function conflictText(path: string, replaced: readonly ReplacedFile[]): string {
  const found = replaced.find((each) => each.path === path);
  if (found === undefined) return "both changed it";
  const { now, hint } = found;
  const instead = [...(now === undefined ? [] : [`it is ${now} now`]), ...(hint === undefined ? [] : [hint])];
  return ["changed here, and no longer in the template", ...instead].join("; ");
}

function counted({ length }: readonly FileChange[]): string {
  return length === 0 ? "only what gennet records of it" : `${length} ${length === 1 ? "file" : "files"}`;
}

function changesWithout(files: readonly FileChange[], conflicts: readonly string[]): readonly FileChange[] {
  return files.filter((file) => !conflicts.includes(file.path));
}
