import type { Component } from "./component.ts";
import type { CrdSet } from "../programs/crds.ts";
import type { Launch, StartedProcess } from "./daemon.ts";
import { applyDefinitions } from "../region/definitions.ts";
import type { SandboxFolder } from "../folders.ts";
import type { Setting } from "../setting.ts";
import { ensureStarted } from "./start.ts";
import { type SandboxState, writeState } from "../state.ts";
import { tracked } from "../tracked.ts";

/** Resolves to how a component is started, as soon as that is known. */
export type LaunchOf = (component: Component) => Promise<Omit<Launch, "log">>;

export interface StartedAll {
  readonly state: SandboxState;
  /** Ids of components that were started, and of those that were already running. */
  readonly started: readonly string[];
  readonly kept: readonly string[];
}

/**
 * Starts what is not running, each component as soon as those it needs are ready; `crds` are installed in API servers
 * that start, and otherwise left unchanged.
 */
export async function startAll(
  components: readonly Component[],
  launchOf: LaunchOf,
  initial: SandboxState,
  crds: CrdSet | "unchanged" | undefined,
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
        (result) => `${result.kept ? "already running" : "ready"} on port ${component.port}, pid ${result.process.pid}`,
      );
    };
    running.set(component.id, begin());
  }
  const set = crds === "unchanged" ? undefined : crds;
  const servers = components.filter(({ name }) => name === "kube-apiserver" && crds !== "unchanged");
  const definitions = servers.map(async (apiserver) => {
    await running.get(apiserver.id);
    await tracked(
      `${apiserver.awsRegion}/crds`,
      setting,
      async () => {
        const sleep = (ms: number): Promise<void> => setting.host.clock.sleep(ms, setting.signal);
        return set === undefined ? 0 : applyDefinitions(set, apiserver.probe, sleep, setting.signal);
      },
      (written) => (set === undefined ? "skipped" : `${set.items.length} served, ${written} of them updated`),
    );
  });
  await allOrNothing([...running.values(), ...definitions]);
  return { state, started, kept };
}

/** Waits for all, even if one fails: nothing may keep running in the background after the command has ended. */
export async function allOrNothing<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }) as never;
}
