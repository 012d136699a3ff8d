import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { createLimiter } from "../core/bounded.ts";
import { findProgram, type Program } from "./find-program.ts";
import type { Kustomize, KustomizeBuild, KustomizeRoot } from "./port.ts";
import { type Ran, runProgram } from "./run-program.ts";

export interface KustomizeOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Returns the path of a kustomize to use if PATH has none. */
  readonly own: () => Promise<string | undefined>;
}

const installation = "install kubectl, which contains Kustomize: https://kubernetes.io/docs/tasks/tools/";

/** Builds with `kustomize` or `kubectl kustomize`, each root once, with one process per processor. */
export function createKustomize({ env, signal, own }: KustomizeOptions): Kustomize {
  let found: Promise<Program | undefined> | undefined;
  const built = new Map<string, Promise<KustomizeBuild>>();
  const inTurn = createLimiter(Math.max(2, availableParallelism()));
  const build = async (root: KustomizeRoot): Promise<KustomizeBuild> => {
    const program = await (found ??= findProgram(env, own));
    if (program === undefined) {
      const reason = "neither kustomize nor kubectl is on the PATH";
      return { outcome: "unknown", reason, fix: installation };
    }
    return inTurn(async () => buildOne(root, (folder) => runProgram(program, folder, env, signal)));
  };
  return {
    build: (root) => {
      const known = built.get(root.folder) ?? build(root);
      built.set(root.folder, known);
      return known;
    },
  };
}

/**
 * Builds through a temporary kustomization that annotates objects with their origin. If that fails, builds the root
 * itself, so that the error is the usual one, and old versions without annotations work.
 */
async function buildOne(root: KustomizeRoot, run: (folder: string) => Promise<Ran>): Promise<KustomizeBuild> {
  const wrapper = await mkdtemp(join(await realpath(tmpdir()), "gennet-kustomize-"));
  try {
    if (root.annotated) {
      const path = relative(wrapper, root.folder).split(sep).join("/");
      await writeFile(join(wrapper, "kustomization.yaml"), JSON.stringify(wrapped(root, path)));
      const annotated = await run(wrapper);
      if (annotated.outcome === "done") return { outcome: "built", output: annotated.stdout, root: path };
      if (annotated.outcome === "unknown") return annotated;
    }
    const plain = await run(root.folder);
    if (plain.outcome === "done") return { outcome: "built", output: plain.stdout, root: undefined };
    if (plain.outcome === "unknown") return plain;
    const needs = needed.find(([pattern]) => pattern.test(plain.message));
    return needs === undefined
      ? { outcome: "refused", message: plain.message }
      : { outcome: "unknown", reason: `${needs[1]}: ${plain.message}` };
  } finally {
    await rm(wrapper, { recursive: true, force: true });
  }
}

function wrapped({ isComponent, buildMetadata }: KustomizeRoot, path: string): object {
  return {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    [isComponent ? "components" : "resources"]: [path],
    buildMetadata: [...new Set(["originAnnotations", "transformerAnnotations", ...buildMetadata])],
  };
}

/** Errors caused by the way gennet runs Kustomize, not by the tree. */
const needed: readonly (readonly [RegExp, string])[] = [
  [/--enable-helm/, "it inflates a Helm chart, which gennet does not support"],
  [
    /plugins? disabled|--enable-alpha-plugins|--enable-exec|unable to load external plugin/,
    "it runs a plug-in, which gennet does not support",
  ],
  [
    /no 'git' program|transport '.*' not allowed|proxyconnect tcp|git fetch|failed to run .*git/,
    "it fetches from the network, which gennet does not support",
  ],
];
