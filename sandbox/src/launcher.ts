import type { SandboxFolder } from "./folders.ts";
import { launchOf } from "./full/launch.ts";
import { fullParts } from "./full/parts.ts";
import type { FindProgram } from "./full/programs.ts";
import { podLaunches } from "./pods/launch.ts";
import type { LaunchOf } from "./processes/start-all.ts";
import { findSandboxProgram, findPrograms } from "./programs/find-programs.ts";
import { findWheels, isWheelProgram } from "./programs/wheels.ts";
import { controlPlaneLaunches } from "./region/launches.ts";
import type { Setting } from "./setting.ts";
import { storeLaunch } from "./stores/launch.ts";
import { storeParts } from "./stores/parts.ts";
import { storePrograms } from "./stores/programs.ts";
import type { SandboxState } from "./state.ts";
import { tracingParts } from "./upstream/tracing.ts";

/** Returns how to start any component of a region once its program is in the cache, except the AWS endpoint. */
export function launcher(state: SandboxState, folder: SandboxFolder, setting: Setting): LaunchOf {
  const quiet = (): undefined => undefined;
  const find: FindProgram = async (program) =>
    isWheelProgram(program) ? (await findWheels(setting, quiet))[program] : findSandboxProgram(setting, program, quiet);
  const stores = new Map(storeParts(state, folder).map((part) => [part.component.id, part]));
  const programs = storePrograms(setting, quiet);
  const others = [...fullParts(state, folder), ...tracingParts(state, folder)];
  const parts = new Map(others.map((part) => [part.component.id, part]));
  return async ({ id, name, awsRegion = "" }) => {
    const part = parts.get(id);
    if (part !== undefined) return launchOf(part, folder.region(awsRegion), find, setting);
    const store = stores.get(id);
    if (store !== undefined) return storeLaunch(store, folder.region(awsRegion), programs, setting);
    const launches = name.startsWith("pod-")
      ? podLaunches(folder, state, await find("pod-shim"), setting)
      : controlPlaneLaunches(folder, state, await findPrograms(setting, "kubernetes", quiet));
    return new Map(launches).get(id) as never;
  };
}
