import type { SandboxFolder } from "../folders.ts";
import type { Launches } from "../processes/daemon.ts";
import type { Programs } from "../programs/find-programs.ts";
import type { SandboxState } from "../state.ts";
import { controlPlaneArguments } from "./control-plane.ts";

/**
 * The API definitions leave much garbage: with Go's own 100 the server keeps 730 MB resident, with this 580 MB for the same
 * start. Not by a limit (GOMEMLIMIT): what comes near to one collects garbage all the time.
 */
const garbagePercent = "70";

/** How the regions' control planes are started, by component id. */
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
