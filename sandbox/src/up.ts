import { AppError } from "../../src/core/error.ts";
import { awsLaunch, writeAwsConfig } from "./aws-endpoint.ts";
import { awsComponentId, componentsOf, titleOf } from "./processes/component.ts";
import { type CrdSet, findCrds } from "./programs/crds.ts";
import { createSandbox } from "./create-sandbox.ts";
import { endProcesses, findRunning, processesIn } from "./processes/daemon.ts";
import { type SandboxFolder, sandboxFolder } from "./folders.ts";
import { type FullAddresses, fullAddresses } from "./full/addresses.ts";
import { requireMachine, thisMachine } from "./full/machine.ts";
import { fullTasks, startFull, toFull } from "./full/start-full.ts";
import { withLock } from "./processes/lock.ts";
import { processTable } from "./processes/process-table.ts";
import { findSandboxProgram, findPrograms } from "./programs/find-programs.ts";
import { applyExposed } from "./pods/exposed.ts";
import { endOutdatedKubelets, podLaunches } from "./pods/launch.ts";
import { addImages } from "./pods/register.ts";
import { isContainerShim } from "./pods/shim.ts";
import { findPython } from "./programs/python.ts";
import { controlPlaneLaunches } from "./region/launches.ts";
import { servedVersion } from "./programs/served-version.ts";
import { launcher } from "./launcher.ts";
import type { Setting } from "./setting.ts";
import { type StoreAddress, storeAddresses } from "./stores/addresses.ts";
import { storeComponents } from "./stores/parts.ts";
import { findStorePrograms, storePrograms } from "./stores/programs.ts";
import { findServerPrograms, isServerGuard } from "./stores/server-programs.ts";
import { type StoreName, storesOf } from "./stores/store.ts";
import { withStores } from "./stores/with-stores.ts";
import { allOrNothing, type LaunchOf, type StartedAll, startAll } from "./processes/start-all.ts";
import { type Profile, readState, runsBeside, type SandboxState } from "./state.ts";
import { tracked } from "./tracked.ts";
import { upstreamRegistration } from "./upstream/register-upstream.ts";
import { tracingComponents } from "./upstream/tracing.ts";

export interface UpRequest {
  readonly name: string;
  /** AWS regions; undefined for those of the sandbox, or the default ones. */
  readonly regions: readonly string[] | undefined;
  /** For the AWS endpoint of a new sandbox. */
  readonly clockScale: number;
  /** A sandbox of profile full stays full. */
  readonly profile: Profile;
  /** Profile full without the platform. A bare sandbox stays bare. */
  readonly bare: boolean;
  /** Existing stores stay. */
  readonly stores: readonly StoreName[];
}

export interface UpResult {
  readonly state: SandboxState;
  readonly full: FullAddresses | undefined;
  readonly stores: readonly StoreAddress[];
  readonly kubeconfig: string;
  readonly kubernetes: string;
  readonly started: readonly string[];
  readonly kept: readonly string[];
  /** The AWS endpoint was up before: its resources are gone, because they are only in memory. */
  readonly awsLost: boolean;
}

const defaultRegions = ["eu-west-1", "us-east-1"];
const busyWaitMs = 8_000;

/** Starts a sandbox, or continues where an earlier `up` stopped: only what is not running is started. */
export async function bringUp(request: UpRequest, setting: Setting): Promise<UpResult> {
  if (request.profile === "full") await requireMachine(thisMachine(setting));
  const folder = sandboxFolder(setting.host, request.name);
  const lock = { waitMs: busyWaitMs, what: `sandbox ${request.name}` };
  return withLock(folder.lock, lock, setting, async () => {
    const made =
      (await readState(folder, request.name)) ??
      (await createSandbox({ ...request, regions: request.regions ?? defaultRegions }, folder, setting));
    requireSameRegions(request, made);
    requireSameGround(request, made);
    // Everything is started, including components that were failed on purpose.
    const whole: SandboxState = { ...made, failed: [] };
    const grown = await withStores(request.stores, whole, folder, setting);
    const state = request.profile === "full" ? await toFull(grown, folder, setting) : grown;
    await endUnrecorded(state, folder, setting);
    return start(state, folder, setting);
  });
}

/** Processes that were started but not recorded before gennet was killed hold ports and data that new ones need. */
async function endUnrecorded(state: SandboxState, folder: SandboxFolder, setting: Setting): Promise<void> {
  const table = await processTable();
  const recorded = new Set(Object.values(state.processes).map((known) => findRunning(table, known)?.pid));
  const unrecorded = processesIn(table, folder.root).filter(
    (entry) => !recorded.has(entry.pid) && !isContainerShim(entry) && !isServerGuard(entry),
  );
  await endProcesses(unrecorded, processTable, setting.host.clock);
}

function requireSameRegions({ name, regions }: UpRequest, state: SandboxState): void {
  const has = state.regions.map((region) => region.awsRegion);
  if (regions === undefined || [...regions].sort().join() === [...has].sort().join()) return;
  throw new AppError("SANDBOX_REGIONS_FIXED", `Sandbox ${name} has the regions ${has.join(", ")}.`, {
    next: [
      `gennet sandbox down --name ${name}  # first, to create it with other regions`,
      `gennet sandbox up --name OTHER --regions ${regions.join(",")}  # creates a second sandbox`,
    ],
  });
}

/** A cluster's platform is either beside it or in it: one would be in the way of the other. */
function requireSameGround({ name, profile, bare }: UpRequest, state: SandboxState): void {
  const isBare = state.bare === true;
  if (isBare === bare || (isBare && profile === "core")) return;
  const [has, option] = isBare ? ["was created with --bare", ""] : ["was created without --bare", " --bare"];
  throw new AppError("SANDBOX_PROFILE_FIXED", `Sandbox ${name} ${has}.`, {
    next: [
      `gennet sandbox down --name ${name}  # first, to create it the other way`,
      `gennet sandbox up --name OTHER --profile full${option}  # creates a second sandbox`,
    ],
  });
}

async function start(initial: SandboxState, folder: SandboxFolder, setting: Setting): Promise<UpResult> {
  const { emit } = setting;
  const stores = storesOf(initial);
  const always = [...componentsOf(initial, folder), ...tracingComponents(initial, folder)];
  const components = [...always, ...storeComponents(initial, folder)];
  const isFull = runsBeside(initial);
  const isBare = initial.bare === true;
  const first = isFull ? always : components;
  const regions = initial.regions.map(({ awsRegion }) => awsRegion);
  const hasPods = initial.regions.some(({ pods }) => pods !== undefined);
  emit({
    type: "tasks",
    tasks: [
      { id: "binaries", title: "Kubernetes binaries" },
      ...(isBare ? [] : [{ id: "crds", title: "API definitions of Istio, Argo CD and External Secrets" }]),
      { id: "python", title: "Python environment" },
      { id: "stores", title: "Programs of the data stores" },
      ...(hasPods ? [{ id: "pod-shim", title: "Container runtime" }] : []),
      ...components.map((component) => ({ id: component.id, title: titleOf(component) })),
      ...(isBare ? [] : regions.map((awsRegion) => ({ id: `${awsRegion}/crds`, title: `${awsRegion} API definitions` }))),
      ...(isFull ? fullTasks(initial, folder) : []),
    ],
  });
  const [binaries, crds, python, servers] = await allOrNothing([
    tracked("binaries", setting, (detail) => findPrograms(setting, "kubernetes", detail)),
    // A bootstrap brings those of a bare sandbox, too.
    isBare ? Promise.resolve("unchanged" as const) : tracked("crds", setting, (detail) => findCrds(setting, detail)),
    tracked("python", setting, (detail) => findPython(setting, detail)),
    tracked("stores", setting, async (detail) => {
      const programs = storePrograms(setting, detail);
      await findStorePrograms(stores, programs);
      return findServerPrograms(programs, setting);
    }),
  ]);
  if (crds === undefined) {
    emit({ type: "note", level: "warn", text: "Go is missing, which is needed to download the API definitions: skipping them." });
  }
  const kubernetes = await servedVersion(binaries["kube-apiserver"], setting);
  await writeAwsConfig(folder, initial, kubernetes, servers);
  const launches = new Map(controlPlaneLaunches(folder, initial, binaries));
  launches.set(awsComponentId, awsLaunch(folder, python, setting));
  if (hasPods) {
    const shim = await tracked("pod-shim", setting, (detail) => findSandboxProgram(setting, "pod-shim", detail));
    const podParts = podLaunches(folder, initial, shim, setting);
    await endOutdatedKubelets(podParts, initial, setting);
    for (const [id, launch] of podParts) launches.set(id, launch);
  }
  const others = launcher(initial, folder, setting);
  const launchOf: LaunchOf = async (component) => launches.get(component.id) ?? others(component);
  const core = await startAll(first, launchOf, initial, crds, folder, setting);
  await applyExposed(core.state, folder, setting);
  const more = await startMore(core.state, crds, folder, setting);
  const started = [...new Set([...core.started, ...more.started])];
  const { state } = more;
  return {
    state,
    full: fullAddresses(state, folder),
    stores: storeAddresses(state, folder),
    kubeconfig: folder.kubeconfig,
    kubernetes,
    started,
    kept: [...new Set([...core.kept, ...more.kept])].filter((id) => !started.includes(id)),
    awsLost: initial.processes[awsComponentId] !== undefined && started.includes(awsComponentId),
  };
}

/** Starts what the profile adds to control planes, AWS and data stores. */
async function startMore(
  state: SandboxState,
  crds: CrdSet | "unchanged" | undefined,
  folder: SandboxFolder,
  setting: Setting,
): Promise<StartedAll> {
  if (state.bare === true) return addImages(state, upstreamRegistration(setting), folder, setting);
  if (runsBeside(state) && crds !== "unchanged") return startFull(state, crds, folder, setting);
  return { state, started: [], kept: [] };
}
