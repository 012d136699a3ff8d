import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createRemoteGit } from "./remote-git.ts";
import type { FolderChange, RemoteBranch, RemoteGit } from "./remote-port.ts";

const { signal } = new AbortController();
const folder = "clusters/eu/platform";
const now = (): number => Date.UTC(2026, 11, 1);
let place: string;
let bare: string;
let at: RemoteBranch;
let env: Record<string, string | undefined>;
const usual = process.env["TMPDIR"];

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), "gennet-remotes-"));
  bare = join(place, "platform.git");
  env = { PATH: process.env["PATH"], HOME: place, GIT_CONFIG_NOSYSTEM: "1" };
  await inBare("init", "--quiet", "--bare", "--initial-branch=main", bare);
  at = { repository: pathToFileURL(bare).href, branch: "main" };
});
afterEach(async () => {
  if (usual === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = usual;
  await rm(place, { recursive: true, force: true });
});

async function inBare(...args: readonly string[]): Promise<string> {
  const identity = { GIT_AUTHOR_NAME: "Ana", GIT_AUTHOR_EMAIL: "ana@acme.example" };
  const committer = { GIT_COMMITTER_NAME: "Ana", GIT_COMMITTER_EMAIL: "ana@acme.example" };
  const all = { ...env, ...identity, ...committer, GIT_DIR: bare };
  return (await promisify(execFile)("git", [...args], { env: all })).stdout.trim();
}

const remote = (more: Record<string, string> = {}): RemoteGit => createRemoteGit({ env: { ...env, ...more }, now });

function change(files: Readonly<Record<string, string>>, removes: readonly string[] = []): FolderChange {
  return { folder, writes: new Map(Object.entries(files)), removes, message: "A change\n\nWith a body" };
}

const files = (): Promise<string> => inBare("ls-tree", "-r", "--name-only", "main");
const history = async (format: string): Promise<readonly string[]> =>
  (await inBare("log", `--format=${format}`, "main")).split("\n");

describe("a branch of a repository elsewhere", () => {
  it("A repository without commits has no folder, and the first commit creates its branch", async () => {
    expect(await remote().read(at, folder, signal)).toEqual({ commit: undefined, files: new Map() });
    const commit = await remote().commit(at, undefined, change({ "a.yaml": "a\n", "b/c.yaml": "c\n" }), signal);
    expect(await inBare("rev-parse", "main")).toBe(commit);
    const read = await remote().read(at, folder, signal);
    expect(read).toEqual({
      commit,
      files: new Map([
        ["a.yaml", "a\n"],
        ["b/c.yaml", "c\n"],
      ]),
    });
  });

  it("A commit changes the named files only: other folders and other files of the folder stay, and so does the history", async () => {
    const first = await remote().commit(
      at,
      undefined,
      change({ "a.yaml": "a", "old.yaml": "o", "mine.yaml": "m" }),
      signal,
    );
    const services = { folder: "services", writes: new Map([["orders.yaml", "x"]]), removes: [], message: "Orders" };
    const second = await remote().commit(at, first, services, signal);
    await remote().commit(at, second, change({ "a.yaml": "b" }, ["old.yaml"]), signal);
    expect(await files()).toBe(`${folder}/a.yaml\n${folder}/mine.yaml\nservices/orders.yaml`);
    expect(await inBare("show", `main:${folder}/a.yaml`)).toBe("b");
    expect(await history("%s")).toEqual(["A change", "Orders", "A change"]);
  });

  it("What the branch has already is not committed again", async () => {
    const first = await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    expect(await remote().commit(at, first, change({ "a.yaml": "a" }), signal)).toBe(first);
    expect(await history("%H")).toEqual([first]);
  });

  it("A branch that has moved since it was read keeps its commits, and gets none", async () => {
    const first = await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    const second = await remote().commit(at, first, change({ "b.yaml": "b" }), signal);
    expect(await remote().commit(at, first, change({ "c.yaml": "c" }), signal)).toBeUndefined();
    expect(await remote().commit(at, undefined, change({ "c.yaml": "c" }), signal)).toBeUndefined();
    expect(await history("%H")).toEqual([second, first]);
  });

  it("Of many commits at once on the same parent, one is pushed, and the others are told that the branch has moved", async () => {
    const first = await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    const all = ["b", "c", "d", "e"].map((name) =>
      remote().commit(at, first, change({ [`${name}.yaml`]: name }), signal),
    );
    const pushed = (await Promise.all(all)).filter((commit) => commit !== undefined);
    expect(pushed).toHaveLength(1);
    expect(await history("%H")).toEqual([pushed[0], first]);
  });

  it("A push that the server rejects because of a commit between fetch and push overwrites nothing", async () => {
    const first = await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    // A git that lets another commit arrive right before each push.
    const real = (await promisify(execFile)("sh", ["-c", "command -v git"])).stdout.trim();
    const other = `${real} --git-dir '${bare}' -c user.name=Bo -c user.email=bo@acme.example`;
    const script = `#!/bin/sh
case " $* " in *" push "*) (unset GIT_DIR; ${other} update-ref refs/heads/main "$(${other} commit-tree main^{tree} -p main -m Other)") ;; esac
exec ${real} "$@"
`;
    await writeFile(join(place, "git"), script);
    await chmod(join(place, "git"), 0o755);
    const slow = remote({ PATH: `${place}:${process.env["PATH"]}` });
    expect(await slow.commit(at, first, change({ "b.yaml": "b" }), signal)).toBeUndefined();
    expect(await history("%s")).toEqual(["Other", "A change"]);
  });

  it("A commit has the identity of the user's Git, or gennet's if there is none", async () => {
    const first = await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    await writeFile(join(place, ".gitconfig"), "[user]\n\tname = Ana\n\temail = ana@acme.example\n");
    await remote().commit(at, first, change({ "a.yaml": "b" }), signal);
    expect(await history("%an <%ae> %cn %ct")).toEqual([
      "Ana <ana@acme.example> Ana 1796083200",
      "gennet <gennet@localhost> gennet 1796083200",
    ]);
  });

  it("A commit has its message as it is", async () => {
    await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    expect(await inBare("log", "-1", "--format=%B", "main")).toBe("A change\n\nWith a body");
  });

  it("One file of a tag is read without its branch, and a path that it lacks is undefined", async () => {
    await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    await inBare("tag", "v1.0.0", "main");
    const read = (path: string) => remote().file(at.repository, "refs/tags/v1.0.0", path, signal);
    expect(await read(`${folder}/a.yaml`)).toBe("a");
    expect(await read(`${folder}/b.yaml`)).toBeUndefined();
  });

  it("Texts and paths with any characters are read as they were written", async () => {
    const odd = { 'a "b"\\c.yaml': "ü\n\n", "d e.yaml": "", ".hidden.yaml": "x\r\n" };
    await remote().commit(at, undefined, change(odd), signal);
    expect(Object.fromEntries((await remote().read(at, folder, signal)).files)).toEqual(odd);
  });

  it("Variables of a hook that has started gennet do not lead it to that hook's repository", async () => {
    const misled = remote({ GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere/index", GIT_WORK_TREE: "/nowhere" });
    await misled.commit(at, undefined, change({ "a.yaml": "a" }), signal);
    expect(await files()).toBe(`${folder}/a.yaml`);
  });
});

describe("a repository elsewhere that fails", () => {
  it("A repository that does not exist is named, with a command that shows the same", async () => {
    const missing = { repository: pathToFileURL(join(place, "missing.git")).href, branch: "main" };
    await expect(remote().read(missing, folder, signal)).rejects.toMatchObject({
      code: "GIT_REMOTE_DENIED",
      next: [expect.stringContaining(`git ls-remote ${missing.repository}`), "gennet explain GIT_REMOTE_DENIED"],
    });
  });

  it("A server that refuses connections is unreachable, and the password in its address is in no message", async () => {
    const dead = { repository: "http://ana:hunter2hunter2@127.0.0.1:9/platform.git", branch: "main" };
    const failing = remote().read(dead, folder, signal);
    await expect(failing).rejects.toMatchObject({ code: "GIT_REMOTE_UNREACHABLE" });
    await expect(failing).rejects.not.toThrow("hunter2");
  });

  it("A hook of the server that refuses the commit is quoted, and nothing is pushed", async () => {
    await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    const hook = join(bare, "hooks", "pre-receive");
    await rm(hook, { force: true });
    await writeFile(hook, "#!/bin/sh\necho 'main is protected' >&2\nexit 1\n");
    await chmod(hook, 0o755);
    const parent = await inBare("rev-parse", "main");
    await expect(remote().commit(at, parent, change({ "a.yaml": "b" }), signal)).rejects.toMatchObject({
      code: "GIT_PUSH_REFUSED",
      message: `${at.repository} refused the commit to main: main is protected`,
    });
    expect(await inBare("rev-parse", "main")).toBe(parent);
  });

  it("Nothing stays in the folder for temporary files, also after a failure and an interruption", async () => {
    process.env["TMPDIR"] = await mkdtemp(join(place, "tmp-"));
    const controller = new AbortController();
    const interrupted = remote().read(at, folder, controller.signal);
    controller.abort(new Error("Ctrl-C"));
    await expect(interrupted).rejects.toThrow("Ctrl-C");
    const missing = { repository: pathToFileURL(join(place, "missing.git")).href, branch: "main" };
    await expect(remote().read(missing, folder, signal)).rejects.toThrow("missing.git");
    await remote().commit(at, undefined, change({ "a.yaml": "a" }), signal);
    expect(await readdir(process.env["TMPDIR"])).toEqual([]);
  });
});
