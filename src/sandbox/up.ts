import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { AppError } from "../core/error.ts";
import { awsLaunch, createAwsState, writeAwsConfig } from "./aws-endpoint.ts";
import { type Binaries, type BinaryName, findBinaries, servedVersion } from "./binaries.ts";
import { awsComponentId, type Component, componentsOf, titleOf } from "./component.ts";
import { controlPlaneArguments, type ControlPlaneRegion } from "./control-plane.ts";
import { type CrdSet, findCrds } from "./crds.ts";
import { applyDefinitions } from "./definitions.ts";
import { endProcesses, type Launch, processesIn, type StartedProcess } from "./daemon.ts";
import { type SandboxFolder, sandboxFolder, stateRoot } from "./folders.ts";
import { writeKubeconfig, writeWebhookConfig } from "./kubeconfig.ts";
import { withLock } from "./lock.ts";
import { createAuthenticatorPki, createRegionPki } from "./pki.ts";
import { readPins } from "./pins.ts";
import { freePorts } from "./ports.ts";
import { processTable } from "./process-table.ts";
import { findPython } from "./python.ts";
import type { Setting } from "./setting.ts";
import { ensureStarted } from "./start.ts";
import { readState, type RegionPorts, type SandboxState, takenPorts, writeState } from "./state.ts";
import { tracked } from "./tracked.ts";

export interface UpRequest {
  readonly name: string;
  /** AWS regions; undefined for those the sandbox has, or the default ones. */
  readonly regions: readonly string[] | undefined;
}

export interface UpResult {
  readonly state: SandboxState;
  readonly kubeconfig: string;
  readonly kubernetes: string;
  readonly started: readonly string[];
  readonly kept: readonly string[];
  /** The AWS endpoint had been up before: what it held is gone, its resources are in memory only. */
  readonly awsLost: boolean;
}

const defaultRegions = ["eu-west-1", "us-east-1"];
const busyWaitMs = 8_000;

/** Brings a sandbox up, or goes on where an earlier `up` was stopped: only what does not run is started. */
export async function bringUp(request: UpRequest, setting: Setting): Promise<UpResult> {
  const folder = sandboxFolder(setting.host, request.name);
  const lock = { waitMs: busyWaitMs, what: `sandbox ${request.name}` };
  return withLock(folder.lock, lock, setting, async () => {
    const state = (await readState(folder, request.name)) ?? (await create(request, folder, setting));
    requireSameRegions(request, state);
    return start(state, folder, setting);
  });
}

function requireSameRegions({ name, regions }: UpRequest, state: SandboxState): void {
  const has = state.regions.map((region) => region.awsRegion);
  if (regions === undefined || [...regions].sort().join() === [...has].sort().join()) return;
  throw new AppError("SANDBOX_REGIONS_FIXED", `Sandbox ${name} has the regions ${has.join(", ")}.`, {
    next: [
      `gennet sandbox down --name ${name}   first, to bring it up with others`,
      `gennet sandbox up --name OTHER --regions ${regions.join(",")}   for one beside it`,
    ],
  });
}

/** Ports, keys and files of a new sandbox. The state is written last: without it, all of this is made anew. */
async function create(request: UpRequest, folder: SandboxFolder, setting: Setting): Promise<SandboxState> {
  const { clock } = setting.host;
  await endProcesses(processesIn(await processTable(), folder.root), processTable, clock);
  const regions = request.regions ?? defaultRegions;
  const ports = await freePorts(regions.length * 6 + 2, await takenPorts(stateRoot(setting.host)));
  const take = (): number => ports.shift() as number;
  const aws = createAwsState(take(), take());
  await mkdir(dirname(folder.log("any")), { recursive: true, mode: 0o700 });
  await createAuthenticatorPki(folder, clock.now());
  const planned = regions.map((awsRegion) => ({ awsRegion, ports: takeRegionPorts(take) }));
  for (const region of planned) {
    await createRegionPki(folder, region.awsRegion, region.ports, clock.now());
    await writeWebhookConfig(
      folder.region(region.awsRegion, "authenticator.kubeconfig"),
      `https://127.0.0.1:${aws.authenticatorPort}/token/${region.awsRegion}`,
      folder.aws("ca.crt"),
    );
  }
  await writeKubeconfig(folder.kubeconfig, await Promise.all(planned.map((region) => adminOf(folder, region))));
  const state: SandboxState = {
    format: 1,
    name: request.name,
    profile: "core",
    createdAt: new Date(clock.now()).toISOString(),
    regions: planned,
    aws,
    processes: {},
  };
  await writeState(folder, state);
  return state;
}

function takeRegionPorts(take: () => number): RegionPorts {
  return {
    etcd: take(),
    etcdPeer: take(),
    apiserver: take(),
    controllerManager: take(),
    scheduler: take(),
    kwok: take(),
  };
}

async function adminOf(
  folder: SandboxFolder,
  { awsRegion, ports }: { readonly awsRegion: string; readonly ports: RegionPorts },
): Promise<Parameters<typeof writeKubeconfig>[1][number]> {
  const read = (file: string): Promise<string> => readFile(folder.region(awsRegion, "pki", file), "utf8");
  return {
    name: awsRegion,
    server: `https://127.0.0.1:${ports.apiserver}`,
    ca: await read("ca.crt"),
    certificate: await read("admin.crt"),
    key: await read("admin.key"),
  };
}

async function start(initial: SandboxState, folder: SandboxFolder, setting: Setting): Promise<UpResult> {
  const { emit } = setting;
  const components = componentsOf(initial, folder);
  const regions = initial.regions.map(({ awsRegion }) => awsRegion);
  emit({
    type: "tasks",
    tasks: [
      { id: "binaries", title: "Kubernetes binaries" },
      { id: "crds", title: "API definitions of Istio, Argo CD and External Secrets" },
      { id: "python", title: "Python environment" },
      ...components.map((component) => ({ id: component.id, title: titleOf(component) })),
      ...regions.map((awsRegion) => ({ id: `${awsRegion}/crds`, title: `${awsRegion} API definitions` })),
    ],
  });
  const [binaries, crds, python] = await allOrNothing([
    tracked("binaries", setting, (detail) => findBinaries(setting, detail)),
    tracked("crds", setting, (detail) => findCrds(setting, detail)),
    tracked("python", setting, (detail) => findPython(setting, detail)),
  ]);
  if (crds === undefined) {
    emit({ type: "note", level: "warn", text: "There is no Go to fetch the API definitions with: they are left out." });
  }
  const kubernetes = await servedVersion(binaries, await readPins(), setting);
  await writeAwsConfig(folder, initial, kubernetes);
  const launches = new Map(initial.regions.flatMap((region, index) => regionLaunches(folder, { ...region, index }, binaries)));
  launches.set(awsComponentId, awsLaunch(folder, python, setting));
  const { state, started, kept } = await startAll(components, launches, initial, crds, folder, setting);
  return {
    state,
    kubeconfig: folder.kubeconfig,
    kubernetes,
    started,
    kept,
    awsLost: initial.processes[awsComponentId] !== undefined && started.includes(awsComponentId),
  };
}

/**
 * A soft limit for Go's garbage collector. The API definitions leave much garbage: without it the server keeps
 * 730 MB resident, with it 620 MB for one second more of CPU; a cluster of thousands of pods takes more all the same.
 */
const apiserverMemory = "560MiB";

type Launches = Map<string, Omit<Launch, "log">>;

function regionLaunches(
  folder: SandboxFolder,
  region: ControlPlaneRegion,
  binaries: Binaries,
): [string, Omit<Launch, "log">][] {
  return Object.entries(controlPlaneArguments(folder, region)).map(([name, args]) => [
    `${region.awsRegion}/${name}`,
    { file: binaries[name as BinaryName], args, env: name === "kube-apiserver" ? { GOMEMLIMIT: apiserverMemory } : {} },
  ]);
}

/** Starts what does not run, each component as soon as those it needs are ready. */
async function startAll(
  components: readonly Component[],
  launches: Launches,
  initial: SandboxState,
  crds: CrdSet | undefined,
  folder: SandboxFolder,
  setting: Setting,
): Promise<{ state: SandboxState; started: readonly string[]; kept: readonly string[] }> {
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
      await Promise.all(component.needs.map((id) => running.get(id)));
      const known = initial.processes[component.id];
      const launch = launches.get(component.id) as Omit<Launch, "log">;
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
        (result) =>
          `${result.kept ? "was running" : "ready"} on port ${component.port}, pid ${result.process.pid}`,
      );
    };
    running.set(component.id, begin());
  }
  const definitions = components
    .filter((component) => component.name === "kube-apiserver")
    .map(async (apiserver) => {
      await running.get(apiserver.id);
      await tracked(
        `${apiserver.awsRegion}/crds`,
        setting,
        async () => {
          const sleep = (ms: number): Promise<void> => setting.host.clock.sleep(ms, setting.signal);
          return crds === undefined ? 0 : applyDefinitions(crds, apiserver.probe, sleep, setting.signal);
        },
        (written) =>
          crds === undefined ? "left out" : `${crds.items.length} served, ${written} of them written now`,
      );
    });
  await allOrNothing([...running.values(), ...definitions]);
  return { state, started, kept };
}

/** Waits for all, even where one fails: nothing may go on in the background after the command has ended. */
async function allOrNothing<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(work);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  }) as never;
}
