import { type ModuleName, moduleOf, type ProgramName, programsOf } from "../programs/catalogue.ts";
import { findPrograms } from "../programs/find-programs.ts";
import { findWheels, isWheelProgram, type WheelProgram } from "../programs/wheels.ts";
import type { Setting } from "../setting.ts";
import { tracked } from "../tracked.ts";

/** Resolves to the path of a program as soon as it exists. */
export type FindProgram = (program: ProgramName | WheelProgram) => Promise<string>;

/** In the order of compilation: programs that compile fast and that others need come first. */
const modules = ["collector", "kustomize", "argocd", "istio", "external-secrets", "prometheus"] as const;

/** The rows of the progress display; `more` are further modules. */
export function programTasks(more: readonly ModuleName[] = []): { id: string; title: string }[] {
  return [
    { id: "wheels", title: "Envoy and Valkey" },
    ...[...modules, ...more].map((name) => ({ id: taskOf(name), title: `programs of ${name}` })),
  ];
}

function taskOf(name: ModuleName): string {
  return `programs/${name}`;
}

/**
 * Finds all programs of profile full. Modules are compiled one after the other, because each uses all cores and
 * gigabytes of memory. `all` resolves when everything is found, and rejects with the first failure.
 */
export function findAll(
  setting: Setting,
  more: readonly ModuleName[] = [],
): { readonly find: FindProgram; readonly all: Promise<unknown> } {
  const wheels = tracked("wheels", setting, (detail) => findWheels(setting, detail));
  const found = inTurn<ModuleName, Readonly<Record<string, string>>>([...modules, ...more], (name) =>
    tracked(
      taskOf(name),
      setting,
      (detail) => findPrograms(setting, name, detail),
      () => Object.keys(programsOf(name)).join(", "),
    ),
  );
  const all = Promise.all([wheels, ...found.values()]);
  const find: FindProgram = async (program) => {
    if (isWheelProgram(program)) return (await wheels)[program];
    return (await found.get(moduleOf(program)))?.[program] as string;
  };
  return { find, all };
}

/** Does work for each name when the previous one is done; after a failure, the rest is not started and fails, too. */
export function inTurn<Name, Result>(
  names: readonly Name[],
  work: (name: Name) => Promise<Result>,
): ReadonlyMap<Name, Promise<Result>> {
  const results = new Map<Name, Promise<Result>>();
  let before: Promise<unknown> = Promise.resolve();
  for (const name of names) {
    const result = before.then(() => work(name));
    results.set(name, result);
    before = result;
  }
  return results;
}
