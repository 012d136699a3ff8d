import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { catalogFolder } from "./catalog-folder.ts";
import { callGennet, type Ended, run } from "./cli.ts";

const env = {
  PATH: process.env["PATH"],
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "t",
  GIT_AUTHOR_EMAIL: "t@example.com",
  GIT_COMMITTER_NAME: "t",
  GIT_COMMITTER_EMAIL: "t@example.com",
};

type Place = Awaited<ReturnType<typeof catalogFolder>>;

/** A repository with the service orders, which is in its folder `orders`. */
export interface OrdersInGit {
  /** The repository of the test that runs. */
  place(): Place;
  /** Runs gennet in a folder of the repository. */
  callIn(folder: string, ...argv: string[]): Promise<Ended>;
  /** Runs Git and returns stdout; rejects if Git fails. */
  git(...words: string[]): Promise<string>;
  /** Commits everything, with these flags. */
  commit(...flags: string[]): Promise<void>;
  /** Returns the text of a file of the service. */
  read(path: string): Promise<string>;
}

/** Creates the repository, with more files, once for all tests of a file, and copies it for each of them. */
export function ordersInGit(files: Readonly<Record<string, string>>): OrdersInGit {
  let original: Place;
  let place: Place;
  const callIn: OrdersInGit["callIn"] = (folder, ...argv) => callGennet(argv, { cwd: join(place.folder, folder), env });
  const git: OrdersInGit["git"] = async (...words) => {
    const options = { cwd: place.folder, env };
    const { exit, stdout, stderr } = await run("git", ["-c", "maintenance.auto=false", ...words], options);
    if (exit !== 0) throw new Error(stderr);
    return stdout;
  };
  const commit: OrdersInGit["commit"] = async (...flags) => {
    await git("add", "--all");
    await git("commit", "--quiet", ...flags, "-m", "commit");
  };
  beforeAll(async () => {
    original = place = await catalogFolder(files);
    const made = await callIn(".", "new", "service", "orders", "--domain", "shop", "--owner", "team-shop");
    if (made.exit !== 0) throw new Error(made.stderr);
    await git("init", "--quiet", "--template=");
    await commit();
  });
  afterAll(() => original.remove());
  beforeEach(async () => {
    place = await catalogFolder({});
    await cp(original.folder, place.folder, { recursive: true });
  });
  afterEach(() => place.remove());
  return {
    place: () => place,
    callIn,
    git,
    commit,
    read: (path) => readFile(join(place.folder, "orders", path), "utf8"),
  };
}
