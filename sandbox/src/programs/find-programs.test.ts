import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { realClock } from "../../../test/support/real-clock.ts";
import { findSandboxProgram, findPrograms } from "./find-programs.ts";
import { takeDown } from "../down.ts";
import { readModule } from "./program-module.ts";
import type { Setting } from "../setting.ts";

/** A `go` that responds like the real one, and whose build takes until `gate` exists. */
const fakeGo = `#!/bin/sh
case "$1" in
  version) echo "go version $FAKE_GO linux/amd64" ;;
  list)
    echo "go: downloading k8s.io/api v0.37.2" >&2
    printf 'unsafe\\nfmt\\nk8s.io/api\\n' ;;
  build)
    echo fmt >&2
    echo begun >> "$FAKE_LOG"
    for last in "$@"; do [ "$previous" = "-o" ] && out=$last; previous=$last; done
    while [ -n "$FAKE_GATE" ] && [ ! -e "$FAKE_GATE" ]; do sleep 0.05; done
    [ -n "$FAKE_FAILURE" ] && { echo "$FAKE_FAILURE" >&2; exit 1; }
    mkdir -p "$GOCACHE" && : > "$GOCACHE/x"
    for package in "$@"; do
      case "$package" in */v[0-9]) package=\${package%/*} ;; esac
      case "$package" in *.*/*) echo > "$out\${package##*/}"; chmod +x "$out\${package##*/}" ;; esac
    done ;;
esac
`;

let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "binaries-"));
  await mkdir(join(folder, "path"));
  await executable(join(folder, "path", "go"), fakeGo);
  env = {
    PATH: `${join(folder, "path")}:/usr/bin:/bin`,
    XDG_CACHE_HOME: join(folder, "cache"),
    XDG_STATE_HOME: join(folder, "state"),
    FAKE_GO: "go1.99.0",
    FAKE_LOG: join(folder, "log"),
  };
});
afterEach(() => rm(folder, { recursive: true }));

async function executable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o755);
}

function setting(signal: AbortSignal = new AbortController().signal): Setting {
  return { host: { env, home: folder, clock: realClock }, emit: () => undefined, signal };
}

const cache = async (): Promise<string[]> => (await readdir(join(folder, "cache/gennet/sandbox"))).sort();

describe("findPrograms", () => {
  it("findPrograms builds all programs together, leaves nothing else, and then uses the cached ones", async () => {
    const details: string[] = [];
    const found = await findPrograms(setting(), "kubernetes", (text) => details.push(text));
    const { digest } = await readModule("kubernetes");
    expect(found.etcd).toBe(join(folder, "cache/gennet/sandbox", digest, "bin", "etcd"));
    expect(await cache()).toEqual([digest]);
    expect(details[0]).toBe("downloading modules");

    await rm(join(folder, "path", "go"));
    expect(await findPrograms(setting(), "kubernetes", () => undefined)).toEqual(found);
  });

  it("findPrograms compiles a program of another module on demand, next to existing ones", async () => {
    await findPrograms(setting(), "kubernetes", () => undefined);
    const kubernetes = await cache();
    const kustomize = await findSandboxProgram(setting(), "kustomize", () => undefined);
    const { digest } = await readModule("kustomize");
    expect(kustomize).toBe(join(folder, "cache/gennet/sandbox", digest, "bin", "kustomize"));
    expect(await readdir(dirname(kustomize))).toEqual(["kustomize"]);
    expect(await cache()).toEqual([...kubernetes, digest].sort());
    expect(await begun()).toBe(2);
  });

  it("findPrograms uses programs in KUBEBUILDER_ASSETS", async () => {
    const assets = join(folder, "assets");
    await mkdir(assets);
    for (const name of ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]) {
      await executable(join(assets, name), "");
    }
    await rm(join(folder, "path", "go"));
    env["KUBEBUILDER_ASSETS"] = assets;
    expect((await findPrograms(setting(), "kubernetes", () => undefined)).kwok).toBe(join(assets, "kwok"));
  });

  it.each(["go1.20.1", "nonsense"])("findPrograms rejects %s, and reports the required version and the alternative", async (version) => {
    env["FAKE_GO"] = version;
    await expect(findPrograms(setting(), "kubernetes", () => undefined)).rejects.toMatchObject({
      code: "SANDBOX_GO_MISSING",
      message: expect.stringContaining((await readModule("kubernetes")).go),
      next: expect.arrayContaining([expect.stringContaining("KUBEBUILDER_ASSETS")]),
    });
  });

  it("findPrograms removes its caches after a failure, and shows the compiler's output", async () => {
    env["FAKE_FAILURE"] = "no space left on device";
    await expect(findPrograms(setting(), "kubernetes", () => undefined)).rejects.toMatchObject({
      code: "SANDBOX_BUILD_FAILED",
      message: expect.stringContaining("no space left on device"),
    });
    expect(await cache()).toEqual([]);
  });

  it("findPrograms builds once for two concurrent callers", async () => {
    env["FAKE_GATE"] = join(folder, "gate");
    const both = [
      findPrograms(setting(), "kubernetes", () => undefined),
      findPrograms(setting(), "kubernetes", () => undefined),
    ];
    await expect.poll(() => begun()).toBe(1);
    await writeFile(env["FAKE_GATE"], "");
    const [one, other] = await Promise.all(both);
    expect(one).toEqual(other);
    expect(await begun()).toBe(1);
  });

  it("findPrograms keeps an interrupted build, which `down` removes", async () => {
    env["FAKE_GATE"] = join(folder, "gate");
    const controller = new AbortController();
    const building = findPrograms(setting(controller.signal), "kubernetes", () => undefined);
    const outcome = building.catch((error: unknown) => error);
    await expect.poll(() => begun()).toBe(1);
    controller.abort(new Error("Ctrl-C"));
    expect(await outcome).toMatchObject({ message: "Ctrl-C" });
    expect(await cache()).toEqual([`${(await readModule("kubernetes")).digest}.building`]);

    expect(await takeDown("default", setting())).toEqual({ existed: false, endedPids: [] });
    expect(await cache()).toEqual([]);
  });
});

async function begun(): Promise<number> {
  const text = await readFile(env["FAKE_LOG"] as string, "utf8").catch(() => "");
  return text.split("\n").length - 1;
}
