import type { Pod } from "./pod.ts";
import type { PodFolder } from "./pod-folder.ts";
import { refreshAfterMs, volumeFiles, type VolumeSources } from "./volume-files.ts";
import { linkVolume, makeEmptyDir, writeVolume } from "./volume-writer.ts";

/**
 * Creates or updates the content of a pod's volumes. Returns when a token in them must be replaced, in milliseconds
 * since the epoch.
 */
export async function writeVolumes(
  pod: Pod,
  folder: PodFolder,
  sources: VolumeSources,
  now: number,
): Promise<number | undefined> {
  const group = pod.spec.securityContext?.fsGroup;
  const refreshes: number[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    const files = await volumeFiles(pod, volume, sources);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim !== undefined) await linkVolume(folder.volume(volume.name), await sources.claimed(claim), group);
    else if (files === undefined) await makeEmptyDir(folder.volume(volume.name), group);
    else await writeVolume(folder.volume(volume.name), files, group);
    const after = refreshAfterMs(volume);
    if (after !== undefined) refreshes.push(now + after);
  }
  return refreshes.length === 0 ? undefined : Math.min(...refreshes);
}
