import { stateRoot, type SandboxFolder } from "../folders.ts";
import { launcher } from "../launcher.ts";
import { componentsOf, titleOf } from "../processes/component.ts";
import { freePorts } from "../processes/ports.ts";
import { allOrNothing, type LaunchOf, type StartedAll, startAll } from "../processes/start-all.ts";
import type { CrdSet } from "../programs/crds.ts";
import type { Setting } from "../setting.ts";
import { type SandboxState, takenPorts, writeState } from "../state.ts";
import { withPods } from "../pods/region-pods.ts";
import { storeComponents } from "../stores/parts.ts";
import { tracked } from "../tracked.ts";
import { applyObjects } from "./apply-objects.ts";
import { describeApi } from "./describe-api.ts";
import { createGitopsRepository } from "./gitops-repository.ts";
import { launchOf } from "./launch.ts";
import { fullObjects } from "./objects.ts";
import { offerPrograms } from "./offer-programs.ts";
import { fullParts } from "./parts.ts";
import { type FullPorts, fullPortCount, takeFullPorts } from "./ports.ts";
import { meshTask, prepareMesh } from "./mesh.ts";
import { findAll, programTasks } from "./programs.ts";

/** Adds to a sandbox of profile core what profile full needs; a sandbox that has it is left unchanged. */
export async function toFull(state: SandboxState, folder: SandboxFolder, setting: Setting): Promise<SandboxState> {
  if (state.profile === "full") return state;
  const prepared = await withPods(state.regions, folder, setting);
  const known = prepared.flatMap(({ pods }) => (pods === undefined ? [] : [pods.port, pods.kubeletPort]));
  const taken = new Set([...(await takenPorts(stateRoot(setting.host))), ...known]);
  const ports = await freePorts(state.regions.length * fullPortCount, taken);
  const regions = prepared.map((region) => ({
    ...region,
    full: takeFullPorts(() => ports.shift() as number),
  }));
  const full: SandboxState = { ...state, profile: "full", regions };
  await writeState(folder, full);
  return full;
}

/** The rows of the progress display. */
export function fullTasks(state: SandboxState, folder: SandboxFolder): { id: string; title: string }[] {
  return [
    { id: "git", title: "GitOps repository" },
    ...programTasks(),
    ...state.regions.flatMap(({ awsRegion }) => [
      { id: objectsTask(awsRegion), title: `${awsRegion} objects` },
      { id: descriptionTask(awsRegion), title: `${awsRegion} API description` },
      { id: meshTask(awsRegion), title: `${awsRegion} sidecar injection` },
    ]),
    ...fullParts(state, folder).map(({ component }) => ({ id: component.id, title: titleOf(component) })),
  ];
}

/**
 * Starts what profile full adds to core, whose control planes are ready: each part as soon as its program exists; and
 * the data stores.
 */
export async function startFull(
  initial: SandboxState,
  crds: CrdSet | undefined,
  folder: SandboxFolder,
  setting: Setting,
): Promise<StartedAll> {
  setting.emit({ type: "note", level: "info", text: "The control planes are ready to use; starting the rest." });
  const parts = new Map(fullParts(initial, folder).map((part) => [part.component.id, part]));
  const { find, all } = findAll(setting);
  const servers = componentsOf(initial, folder).filter((component) => component.name === "kube-apiserver");
  const prepared = new Map(
    servers.map(({ awsRegion = "", probe }) => [
      awsRegion,
      tracked(objectsTask(awsRegion), setting, () => applyObjects(fullObjects(awsRegion), probe, setting.signal)),
    ]),
  );
  const regions = servers.map((apiserver) => {
    const { awsRegion = "" } = apiserver;
    const ports = initial.regions.find((region) => region.awsRegion === awsRegion)?.full as FullPorts;
    return {
      awsRegion,
      apiserver,
      webhookPort: ports.istiod.webhook,
      prepared: prepared.get(awsRegion) as Promise<void>,
    };
  });
  const described = new Map(
    servers.map(({ awsRegion = "", probe }) => [
      awsRegion,
      tracked(descriptionTask(awsRegion), setting, () => describeApi(probe, setting.signal)),
    ]),
  );
  const mesh = prepareMesh(regions, crds, folder, find, setting);
  const launchStore = launcher(initial, folder, setting);
  const launch: LaunchOf = async (component) => {
    const { id, name, awsRegion = "" } = component;
    const part = parts.get(id);
    if (part === undefined) return launchStore(component);
    await prepared.get(awsRegion);
    if (name === "istiod") await mesh;
    if (name === "argocd-application-controller") await described.get(awsRegion);
    return launchOf(part, folder.region(awsRegion), find, setting);
  };
  // Stores start slowly and nothing here needs them, so they start in parallel.
  const components = [...[...parts.values()].map((part) => part.component), ...storeComponents(initial, folder)];
  const [started] = await allOrNothing([
    startAll(components, launch, initial, "unchanged", folder, setting),
    mesh,
    all,
    tracked("git", setting, () => createGitopsRepository(folder, setting)),
    offerPrograms(folder, find),
    ...prepared.values(),
    ...described.values(),
  ]);
  return started;
}

function objectsTask(awsRegion: string): string {
  return `${awsRegion}/objects`;
}

function descriptionTask(awsRegion: string): string {
  return `${awsRegion}/description`;
}
