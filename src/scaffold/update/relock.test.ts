import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Event } from "../../core/event.ts";
import { relockCommand, relockWith } from "./relock.ts";

describe("a lockfile is updated", () => {
  let folder: string;
  let events: Event[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "gennet-relock-"));
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const uv = async (script: string): Promise<void> => {
    await writeFile(join(folder, "uv"), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, "uv"), 0o755);
  };
  const relock = (signal = new AbortController().signal): Promise<boolean> =>
    relockWith({ PATH: folder }, signal, (event) => events.push(event))(folder, "uv.lock");

  it("A lockfile is updated by its own tool, in its own folder, without this process's environment", async () => {
    await uv('echo "$* in $PWD with ${HOME-no home}" > uv.lock');
    expect(await relock()).toBe(true);
    expect(await readFile(join(folder, "uv.lock"), "utf8")).toBe(
      `lock --upgrade-package gennet-service-kit in ${folder} with no home\n`,
    );
    expect(events).toMatchObject([
      {
        type: "note",
        text: expect.stringContaining(`uv lock --upgrade-package gennet-service-kit --directory ${folder}`) as string,
      },
    ]);
  });

  it("A lockfile is not updated if the tool fails or is missing", async () => {
    expect(await relock()).toBe(false);
    await uv("exit 2");
    expect(await relock()).toBe(false);
  });

  it("A lockfile is not updated after an interruption", async () => {
    await uv("exit 0");
    await expect(relock(AbortSignal.abort(new Error("stopped")))).rejects.toThrow("stopped");
  });

  it("A lockfile is otherwise updated by a suggested command", () => {
    expect(relockCommand("poetry.lock", "orders")).toBe("poetry lock --no-interaction --directory orders");
  });
});
