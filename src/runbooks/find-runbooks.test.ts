import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findRunbook, findRunbooks } from "./find-runbooks.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-runbooks-"));
  const runbooks = join(folder, "runbooks");
  await mkdir(join(runbooks, "folder.md"), { recursive: true });
  await symlink(join(folder, "nowhere"), join(runbooks, "dangling.md"));
  const text = "---\r\nid: mine\r\ntitle: Mine\r\nwhen: always\r\n---\r\n";
  await writeFile(join(runbooks, "mine.md"), text);
  await writeFile(join(runbooks, "copy.md"), text);
});
afterAll(async () => rm(folder, { recursive: true }));

it("A file that cannot be read is a problem of its entry, and hides no other runbook", async () => {
  const entries = await findRunbooks(folder, folder);
  const own = entries.filter(({ origin }) => origin === "platform");
  expect(own.map(({ id, title, problem }) => [id, title, problem])).toEqual([
    ["copy", "", 'runbooks/copy.md:2:5: id: expected "copy", as the file has this name'],
    ["dangling", "", "The runbook runbooks/dangling.md cannot be read: it does not exist (ENOENT)."],
    ["folder", "", "The runbook runbooks/folder.md cannot be read: it is a folder, not a file (EISDIR)."],
    ["mine", "Mine", undefined],
  ]);
  expect(entries.filter(({ origin }) => origin === "gennet").length).toBeGreaterThan(5);
  expect(await findRunbook("breaker-open", folder, folder)).toMatchObject({ id: "breaker-open" });
});
