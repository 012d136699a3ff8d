import { join } from "node:path";
import { AppError } from "../../../src/core/error.ts";
import type { Host } from "../../../src/host/host.ts";
import { programsOf } from "./catalogue.ts";
import type { ProgramModule } from "./program-module.ts";
import type { Setting } from "../setting.ts";

/** Throws SANDBOX_GO_MISSING if Go is missing or too old for the module. */
export async function requireGo(module: ProgramModule, setting: Setting): Promise<void> {
  const found = await goVersion(setting);
  if (found !== undefined && isAtLeast(found, module.go)) return;
  const what = found === undefined ? "`go` is not on the PATH" : `this machine has Go ${found}`;
  throw new AppError(
    "SANDBOX_GO_MISSING",
    `The sandbox's programs are compiled once, with Go ${module.go} or newer; ${what}.`,
    {
      next: [
        `Install Go ${module.go} or newer: https://go.dev/dl/`,
        `Or set KUBEBUILDER_ASSETS to a folder with ${Object.keys(programsOf(module.name)).join(", ")}.`,
      ],
    },
  );
}

async function goVersion(setting: Setting): Promise<string | undefined> {
  const { execa } = await import("execa");
  const result = await execa("go", ["version"], {
    env: { ...definedOnly(setting.host.env), GOTOOLCHAIN: "local" },
    extendEnv: false,
    reject: false,
    cancelSignal: setting.signal,
  });
  setting.signal.throwIfAborted();
  return result.failed ? undefined : parseGoVersion(String(result.stdout));
}

/** `go version go1.26.8 linux/amd64` → `1.26.8` */
export function parseGoVersion(text: string): string | undefined {
  return /\bgo(\d+\.\d+(?:\.\d+)?)/.exec(text)?.[1];
}

export function isAtLeast(found: string, needed: string): boolean {
  const [a, b] = [found, needed].map((version) => version.split(".").map(Number)) as [number[], number[]];
  for (const index of [0, 1, 2]) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/**
 * Uses its own caches, which can be removed, and none of the user's flags, which could change the result. GOGC=off: the
 * compiler never runs long enough for garbage collection to pay off (318 s instead of 469 s on two cores).
 */
export function buildEnvironment(work: string, host: Pick<Host, "env">): Record<string, string> {
  return {
    ...definedOnly(host.env),
    CGO_ENABLED: "0",
    GOGC: "off",
    GOCACHE: join(work, "gocache"),
    GOMODCACHE: join(work, "gomodcache"),
    GOTMPDIR: join(work, "tmp"),
    GOTOOLCHAIN: "local",
    GOFLAGS: "-modcacherw -buildvcs=false",
    GOWORK: "off",
  };
}

export function definedOnly(env: Host["env"]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
