import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { createGit } from "../../src/git/git.ts";
import type { Git } from "../../src/git/port.ts";
import type { Answers, NewFile } from "../../src/scaffold/render.ts";
import type { Template } from "../../src/scaffold/template.ts";
import { newServiceFiles } from "../../src/scaffold/update/pristine.ts";
import { type Addition, addToService, type ExtendedService } from "../../src/scaffold/update/add-to-service.ts";
import type { RevisedService, ReviseSetting } from "../../src/scaffold/update/revise-service.ts";
import { updateService, type UpdateSetting } from "../../src/scaffold/update/update-service.ts";
import { run } from "./cli.ts";

/** A test's template: contents by path; paths that end with `*` are executable. */
export function templateOf(
  version: string,
  files: Readonly<Record<string, string>>,
  more: Partial<Template> = {},
): Template {
  return {
    name: "test",
    version,
    title: "",
    description: "",
    questions: [],
    reservedPackages: [],
    files: Object.entries(files).map(([path, content]) => ({
      path: path.replace(/\*$/, ""),
      content,
      executable: path.endsWith("*"),
    })),
    ...more,
  };
}

export const testAnswers: Answers = { name: "orders", domain: "shop", owner: "team", regions: [] };

const gitEnv = {
  PATH: process.env["PATH"],
  HOME: "/nowhere",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.com",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.com",
};

/** The Git settings of a repository that is kept. */
const withoutUpkeep = ["-c", "maintenance.auto=false", "-c", "core.fsync=none"];

interface StoredRepository {
  readonly folders: readonly string[];
  readonly files: readonly { readonly path: string; readonly content: Uint8Array; readonly mode: number }[];
}

/** Repositories with these files in a commit: each is created once, and then written from memory. */
const repositories = new Map<string, Promise<StoredRepository>>();

async function stored(root: string): Promise<StoredRepository> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const pathOf = (entry: (typeof entries)[number]): string => relative(root, join(entry.parentPath, entry.name));
  const folders = entries.filter((entry) => entry.isDirectory()).map(pathOf);
  const paths = entries.filter((entry) => entry.isFile()).map(pathOf);
  const files = paths.map(async (path) => {
    const [content, { mode }] = await Promise.all([readFile(join(root, path)), stat(join(root, path))]);
    return { path, content, mode };
  });
  return { folders, files: await Promise.all(files) };
}

function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "gennet-update-"));
}

/** A service in a folder of a new repository. */
export class TrialService {
  readonly root: string;
  readonly folder: string;
  readonly git: Git;

  private constructor(root: string, folder: string) {
    this.root = root;
    this.folder = folder;
    this.git = createGit({ env: gitEnv, signal: new AbortController().signal });
  }

  static async create(template: Template, answers: Answers = testAnswers): Promise<TrialService> {
    const files = newServiceFiles(template, answers);
    const key = JSON.stringify(files);
    const made = repositories.get(key) ?? TrialService.commitNew(files);
    repositories.set(key, made);
    const root = await emptyFolder();
    const { folders, files: contents } = await made;
    for (const folder of folders) await mkdir(join(root, folder), { recursive: true });
    await Promise.all(contents.map(({ path, content, mode }) => writeFile(join(root, path), content, { mode })));
    return new TrialService(root, join(root, "services/orders"));
  }

  private static async commitNew(files: readonly NewFile[]): Promise<StoredRepository> {
    const root = await emptyFolder();
    const service = new TrialService(root, join(root, "services/orders"));
    for (const file of files) await service.write(file.path, file.content, file.mode);
    await service.run("init", "--quiet", "--template=", "--initial-branch=main");
    await service.commit();
    const repository = await stored(root);
    await service.remove();
    return repository;
  }

  async run(...words: string[]): Promise<string> {
    const { exit, stdout, stderr } = await run("git", [...withoutUpkeep, ...words], { cwd: this.root, env: gitEnv });
    if (exit !== 0) throw new Error(`git ${words.join(" ")}: ${stderr}`);
    return stdout;
  }

  async commit(): Promise<void> {
    await this.run("add", "--all", ".");
    await this.run("commit", "--quiet", "--allow-empty", "-m", "commit");
  }

  async write(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
    const full = join(this.folder, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
    await chmod(full, mode);
  }

  read(path: string): Promise<string> {
    return readFile(join(this.folder, path), "utf8");
  }

  async isExecutable(path: string): Promise<boolean> {
    return ((await stat(join(this.folder, path))).mode & 0o100) !== 0;
  }

  /** Returns every file's content by its path, without gennet's own files. */
  async files(): Promise<Record<string, string>> {
    const entries = await readdir(this.folder, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .filter((path) => !path.startsWith(".gennet/") && !path.startsWith(".git/"))
      .toSorted();
    const contents = await Promise.all(paths.map(async (path) => [path, await this.read(path)] as const));
    return Object.fromEntries(contents);
  }

  update(template: Template, more: Partial<UpdateSetting> = {}): Promise<RevisedService> {
    return updateService(this.folder, "services/orders", {
      ...this.setting(template),
      base: false,
      complete: async (_template, recorded) => recorded,
      ...more,
    });
  }

  add(
    template: Template,
    to: Addition["to"],
    names: readonly string[],
    more: Partial<ReviseSetting> = {},
  ): Promise<ExtendedService> {
    return addToService(this.folder, "services/orders", { to, names }, { ...this.setting(template), ...more });
  }

  private setting(template: Template) {
    const { signal } = new AbortController();
    return { git: this.git, signal, dryRun: false, relock: async () => false, templateNamed: async () => template };
  }

  remove(): Promise<void> {
    return rm(this.root, { recursive: true, force: true });
  }
}
