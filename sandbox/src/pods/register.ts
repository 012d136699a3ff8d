import { platform } from "node:os";
import { AppError } from "../../../src/core/error.ts";
import { type SandboxFolder, sandboxFolder } from "../folders.ts";
import { launcher } from "../launcher.ts";
import { componentsOf } from "../processes/component.ts";
import { withLock } from "../processes/lock.ts";
import { type StartedAll, startAll } from "../processes/start-all.ts";
import { findSandboxProgram } from "../programs/find-programs.ts";
import type { Setting } from "../setting.ts";
import { isReady } from "../region/http.ts";
import { requireState } from "../status.ts";
import { type SandboxState, writeState } from "../state.ts";
import { tracked } from "../tracked.ts";
import { tracingComponents } from "../upstream/tracing.ts";
import { applyMarking } from "./apply-marking.ts";
import { applyExposed } from "./exposed.ts";
import { type Image, withImage } from "./image.ts";
import { endOutdatedKubelets, podLaunches } from "./launch.ts";
import { withPods } from "./region-pods.ts";

/** See {@link registerImages}. */
export async function registerImage(name: string, image: Image, setting: Setting): Promise<SandboxState> {
  const registration = { tasks: [], extended: async (state: SandboxState) => state, images: async () => [image] };
  return registerImages(name, registration, setting);
}

/** Images, and what the sandbox needs for their pods. */
export interface Registration {
  /** The rows of the progress of `images`. */
  readonly tasks: readonly { readonly id: string; readonly title: string }[];
  /** Returns the state with the ports of further programs. */
  extended(state: SandboxState): Promise<SandboxState>;
  images(folder: SandboxFolder): Promise<readonly Image[]>;
}

/** As {@link addImages}, for a sandbox that no one else changes meanwhile. */
export async function registerImages(
  name: string,
  registration: Registration,
  setting: Setting,
): Promise<SandboxState> {
  requirePrivileges();
  const folder = sandboxFolder(setting.host, name);
  return withLock(folder.lock, { waitMs: 8_000, what: `sandbox ${name}` }, setting, async () => {
    const { state } = await requireState(name, setting);
    await requireServers(state, folder, setting);
    return (await addImages(state, registration, folder, setting)).state;
  });
}

/**
 * Makes every new pod of the images a real one, in every region, and starts what that needs. Throws
 * SANDBOX_PODS_UNSUPPORTED if this machine cannot run real pods.
 */
export async function addImages(
  known: SandboxState,
  registration: Registration,
  folder: SandboxFolder,
  setting: Setting,
): Promise<StartedAll> {
  requirePrivileges();
  const prepared = { ...known, regions: await withPods(known.regions, folder, setting) };
  const state = await registration.extended(prepared);
  const regions = state.regions.map(({ awsRegion }) => awsRegion);
  const pods = componentsOf(state, folder).filter((component) => component.name.startsWith("pod-"));
  const parts = [...pods, ...tracingComponents(state, folder)];
  setting.emit({
    type: "tasks",
    tasks: [
      ...registration.tasks,
      { id: "pod-shim", title: "Container runtime" },
      ...parts.map(({ id }) => ({ id, title: id.replace("/", " ") })),
      ...regions.map((region) => ({ id: `${region}/marking`, title: `${region} labelling of pods` })),
    ],
  });
  const fresh = await registration.images(folder);
  const images = fresh.reduce(withImage, known.images ?? []);
  const shim = await tracked("pod-shim", setting, (detail) => findSandboxProgram(setting, "pod-shim", detail));
  const next = { ...state, images };
  await writeState(folder, next);
  const podParts = podLaunches(folder, next, shim, setting);
  await endOutdatedKubelets(podParts, next, setting);
  const started = await startAll(parts, launcher(next, folder, setting), next, "unchanged", folder, setting);
  await applyExposed(next, folder, setting);
  const servers = componentsOf(next, folder).filter((component) => component.name === "kube-apiserver");
  await Promise.all(
    servers.map(async (server) =>
      tracked(`${server.awsRegion}/marking`, setting, async () =>
        applyMarking(images, fresh[0] as Image, server.probe, setting),
      ),
    ),
  );
  return started;
}

function requirePrivileges(): void {
  if (platform() === "linux" && process.getuid?.() === 0) return;
  throw new AppError(
    "SANDBOX_PODS_UNSUPPORTED",
    "Real pods require Linux and root, because each has its own namespaces. Without them, every pod is simulated.",
    { next: ["Start the sandbox as root (`sudo gennet sandbox up`), and run this command as root, too."] },
  );
}

async function requireServers(state: SandboxState, folder: SandboxFolder, setting: Setting): Promise<void> {
  for (const { name, awsRegion, probe } of componentsOf(state, folder)) {
    if (name !== "kube-apiserver" || (await isReady(probe, setting.signal))) continue;
    throw new AppError("SANDBOX_COMPONENT_FAILED", `The API server of ${awsRegion} is not running.`, {
      next: [`gennet sandbox up --name ${state.name}  # starts what is not running`],
    });
  }
}
