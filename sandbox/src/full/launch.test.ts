import { mkdtemp, readdir, readFile, readlink, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../../test/support/real-clock.ts";
import type { Setting } from "../setting.ts";
import { launchOf } from "./launch.ts";
import { componentAt, type Part } from "./part.ts";

let region: string;
beforeEach(async () => {
  region = await mkdtemp(join(tmpdir(), "launch-"));
});
afterEach(() => rm(region, { recursive: true }));

const find = async (program: string): Promise<string> => `/cache/bin/${program}`;
const setting: Setting = {
  host: { env: { PATH: "/usr/bin", SECRET: "of the user" }, home: "/home/me", clock: realClock },
  emit: () => undefined,
  signal: new AbortController().signal,
};

describe("launchOf", () => {
  it("A part of profile full is started by a link in its region, with its files and none of the user's settings", async () => {
    const config = join(region, "argocd-server", "config.yaml");
    const part: Part = {
      component: componentAt({ awsRegion: "eu-west-1" }, "argocd-server", 1, "http://127.0.0.1:1/"),
      program: "argocd",
      uses: ["kustomize"],
      args: ["--port=1"],
      env: { ROLE: "server" },
      folders: [join(region, "argocd-server", "tls")],
      files: { [config]: "text" },
      scripts: { "verify.sh": "#!/bin/sh\n" },
    };
    // Other parts make the same links at the same time; the second time, everything already exists.
    await Promise.all([1, 2, 3].map(() => launchOf(part, region, find, setting)));
    expect(await launchOf(part, region, find, setting)).toEqual({
      file: join(region, "bin", "argocd-server"),
      args: ["--port=1"],
      env: {
        PATH: `${join(region, "bin")}:/usr/bin`,
        HOME: join(region, "argocd-server"),
        TMPDIR: join(region, "argocd-server", "tmp"),
        ROLE: "server",
      },
      cwd: join(region, "argocd-server"),
    });
    expect(await readlink(join(region, "bin", "argocd-server"))).toBe("/cache/bin/argocd");
    expect(await readlink(join(region, "bin", "kustomize"))).toBe("/cache/bin/kustomize");
    expect((await readdir(join(region, "bin"))).sort()).toEqual(["argocd-server", "kustomize", "verify.sh"]);
    expect(await readFile(config, "utf8")).toBe("text");
    expect((await stat(join(region, "bin", "verify.sh"))).mode & 0o777).toBe(0o700);
    expect((await stat(config)).mode & 0o077).toBe(0);
    expect((await stat(join(region, "argocd-server", "tmp"))).isDirectory()).toBe(true);
  });
});
