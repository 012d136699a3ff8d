import { AppError } from "../../../src/core/error.ts";
import type { Setting } from "../setting.ts";
import { buildEnvironment } from "./go-toolchain.ts";

/** A Go module whose files are used as they are: API definitions, charts and manifests. */
export interface SourceModule {
  readonly module: string;
  readonly version: string;
  /** The checksum that `go mod download` must report. */
  readonly sum: string;
}

/** In the same versions as the programs that are compiled. */
export const sources = {
  istio: {
    module: "istio.io/istio",
    version: "v0.0.0-20260827124520-eed52ebb66ad",
    sum: "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=",
  },
  argocd: {
    module: "github.com/argoproj/argo-cd/v3",
    version: "v3.5.7",
    sum: "h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=",
  },
  "external-secrets": {
    module: "github.com/external-secrets/external-secrets",
    version: "v0.20.4",
    sum: "h1:HhNAjWfFEshhItphr28SGsHzf2bUP7uDAOVLg76uNAg=",
  },
} as const satisfies Readonly<Record<string, SourceModule>>;

/**
 * Returns the folder of a downloaded module, below `work`. Undefined if Go is missing. Throws SANDBOX_BUILD_FAILED.
 */
export async function downloadSource(source: SourceModule, work: string, setting: Setting): Promise<string | undefined> {
  const { execa } = await import("execa");
  const result = await execa("go", ["mod", "download", "-json", `${source.module}@${source.version}`], {
    cwd: work,
    env: buildEnvironment(work, setting.host),
    extendEnv: false,
    reject: false,
    cancelSignal: setting.signal,
  });
  setting.signal.throwIfAborted();
  if (result.code === "ENOENT") return undefined;
  const answer = JSON.parse(String(result.stdout || "{}")) as { Dir?: string; Sum?: string; Error?: string };
  const problem = answer.Error ?? (result.failed ? String(result.stderr) : undefined);
  if (problem === undefined && answer.Dir !== undefined && answer.Sum === source.sum) return answer.Dir;
  throw new AppError(
    "SANDBOX_BUILD_FAILED",
    `${source.module} could not be downloaded: ${problem ?? `its checksum is ${answer.Sum}, not ${source.sum}`}`,
    { next: ["Check the connection to the Go module proxy (`go env GOPROXY`)."] },
  );
}
