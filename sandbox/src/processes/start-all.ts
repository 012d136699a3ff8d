import type { Component } from "./component.ts";
import type { CrdSet } from "../programs/crds.ts";
import type { Launch, StartedProcess } from "./daemon.ts";
import { applyDefinitions } from "../region/definitions.ts";
import type { SandboxFolder } from "../folders.ts";
import type { Setting } from "../setting.ts";
import { ensureStarted } from "./start.ts";
import { type SandboxState, writeState } from "../state.ts";
import { tracked } from "../tracked.ts";

/** How a component is started, as soon as that can be said. */
export type LaunchOf = (component: Component) => Promise<Omit<Launch, "log">>;

export interface StartedAll {
  readonly state: SandboxState;
  /** Ids of components that were started, and that ran already. */
  readonly started: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Starts what does not run, each component as soon as those it needs are ready; `crds` are put into API servers among
 * them, or are left as they are.
 */
export async function startAll(
  components: readonly Component[],
  launchOf: LaunchOf,
  initial: SandboxState,
  crds: CrdSet | "as they are" | undefined,
  folder: SandboxFolder,
  setting: Setting,
): Promise<StartedAll> {
  let state = initial;
  let writing = Promise.resolve();
  const record = (id: string, process: StartedProcess): Promise<void> => {
    state = { ...state, processes: { ...state.processes, [id]: process } };
    return (writing = writing.then(() => writeState(folder, state)));
  };
  const started: string[] = [];
  const kept: string[] = [];
  const running = new Map<string, Promise<void>>();
  for (const component of components) {
    const begin = async (): Promise<void> => {
      await Promise.all(component.needs.map(async (id) => running.get(id)));
      const known = initial.processes[component.id];
      const launch = await launchOf(component);
      await tracked(
        component.id,
        setting,
        async () => {
          const result = await ensureStarted(component, launch, known, folder, setting, (process) =>
            record(component.id, process),
          );
          (result.kept ? kept : started).push(component.id);
          return result;
        },
        (result) => `${result.kept ? "was running" : "ready"} on port ${component.port}, pid ${result.process.pid}`,
      );
    };
    running.set(component.id, begin());
  }
  const set = crds === "as they are" ? undefined : crds;
  const servers = components.filter(({ name }) => name === "kube-apiserver" && crds !== "as they are");
  const definitions = servers.map(async (apiserver) => {
    await running.get(apiserver.id);
    await tracked(
      `${apiserver.awsRegion}/crds`,
      setting,
      async () => {
        const sleep = (ms: number): Promise<void> => setting.host.clock.sleep(ms, setting.signal);
        return set === undefined ? 0 : applyDefinitions(set, apiserver.probe, sleep, setting.signal);
      },
      (written) => (set === undefined ? "left out" : `${set.items.length} served, ${written} of them written now`),
    );
  });
  await allOrNothing([...running.values(), ...definitions]);
  return { state, started, kept };
}

/** Waits for all, even where one fails: nothing may run on in the background after the command has ended. */
export async function allOrNothing<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }) as never;
}
