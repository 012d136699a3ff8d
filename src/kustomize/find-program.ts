import { onPath } from "../core/on-path.ts";

/** A program that builds kustomizations, and the arguments before the folder. */
export interface Program {
  readonly path: string;
  readonly words: readonly string[];
}

/** Finds `kustomize`, otherwise `kubectl`, in the folders of PATH; otherwise uses `own`. */
export async function findProgram(
  env: Readonly<Record<string, string | undefined>>,
  own: () => Promise<string | undefined>,
): Promise<Program | undefined> {
  const kustomize = await onPath("kustomize", env);
  if (kustomize !== undefined) return { path: kustomize, words: ["build"] };
  const kubectl = await onPath("kubectl", env);
  if (kubectl !== undefined) return { path: kubectl, words: ["kustomize"] };
  const path = await own();
  return path === undefined ? undefined : { path, words: ["build"] };
}
