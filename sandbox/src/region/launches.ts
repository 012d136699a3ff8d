import type { SandboxFolder } from "../folders.ts";
import type { Launches } from "../processes/daemon.ts";
import type { Programs } from "../programs/find-programs.ts";
import type { SandboxState } from "../state.ts";
import { controlPlaneArguments } from "./control-plane.ts";

/**
 * Loading the API definitions creates much garbage: with Go's default of 100, the server keeps 730 MB resident, with
 * this value 580 MB for the same start. It is not a limit (GOMEMLIMIT), because a process near its limit collects
 * garbage all the time.
 */
const garbagePercent = "70";

/** Returns how to start the regions' control planes, by component id. */
export function controlPlaneLaunches(
  folder: SandboxFolder,
  { regions, processes }: SandboxState,
  binaries: Programs<"kubernetes">,
): Launches {
  return regions.flatMap((region, index) => {
    const kwokStarts = processes[`${region.awsRegion}/kwok`]?.starts ?? 0;
    return Object.entries(controlPlaneArguments(folder, { ...region, index, kwokStarts })).map(
      ([name, args]) =>
        [
          `${region.awsRegion}/${name}`,
          {
            file: binaries[name as keyof typeof binaries],
            args,
            env: name === "kube-apiserver" ? { GOGC: garbagePercent } : {},
          },
        ] as const,
    );
  });
}
