import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { arch, platform } from "node:os";
import { shippedFolder } from "../folders.ts";

/** What sandbox/kubernetes/go.mod fixes: the only place where these versions are written. */
export interface Pins {
  /** The least Go that compiles it, `1.26.0`. */
  readonly go: string;
  /** `v1.37.2` */
  readonly kubernetes: string;
  /** The import paths of the `tool` block. */
  readonly tools: readonly string[];
  /** Names the binaries: they are the same where this is the same. */
  readonly digest: string;
  readonly folder: string;
}

export async function readPins(): Promise<Pins> {
  const folder = shippedFolder("kubernetes");
  const [goMod, goSum] = await Promise.all(["go.mod", "go.sum"].map((file) => readFile(`${folder}/${file}`, "utf8")));
  const digest = createHash("sha256").update(`${platform()}/${arch()}\n${goMod}\n${goSum}`).digest("hex").slice(0, 16);
  return { ...parseGoMod(goMod ?? ""), digest, folder };
}

export function parseGoMod(text: string): Pick<Pins, "go" | "kubernetes" | "tools"> {
  const go = /^go (\S+)$/m.exec(text)?.[1];
  const kubernetes = /^\s*k8s\.io\/kubernetes (v\S+)/m.exec(text)?.[1];
  const tools = /^tool \(\n([^)]*)\)/m.exec(text)?.[1]?.trim().split(/\s+/);
  if (go === undefined || kubernetes === undefined || tools === undefined) {
    throw new Error("sandbox/kubernetes/go.mod lacks its go, tool or k8s.io/kubernetes line");
  }
  return { go, kubernetes, tools };
}
