import type { SandboxFolder } from "../folders.ts";
import type { Launches } from "../processes/daemon.ts";
import type { Programs } from "../programs/find-programs.ts";
import type { SandboxState } from "../state.ts";
import { controlPlaneArguments } from "./control-plane.ts";

/**
 * A soft limit for Go's garbage collector. The API definitions leave much garbage: without it the server keeps
 * 730 MB resident, with it 620 MB for one second more of CPU; a cluster of thousands of pods takes more all the same.
 */
const apiserverMemory = "560MiB";

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
            env: name === "kube-apiserver" ? { GOMEMLIMIT: apiserverMemory } : {},
          },
        ] as const,
    );
  });
}
