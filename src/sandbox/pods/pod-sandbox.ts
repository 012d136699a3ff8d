import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Pod } from "./pod.ts";
import { etcFiles, type PodFolder, type PodRecord } from "./pod-folder.ts";
import type { RuntimeSetting } from "./runtime-setting.ts";

/** Gives a pod its address, its network namespace, and the files that its containers have in /etc. */
export async function createPodSandbox(
  pod: Pod,
  folder: PodFolder,
  startTime: number,
  { network, allocate, objects }: RuntimeSetting,
): Promise<PodRecord> {
  const address = allocate();
  const { namespace, name, uid } = pod.metadata;
  const record = { namespace, name, uid, address, netns: network.pathOf(address), startTime };
  // Written first: what was begun is found again whatever happens.
  await folder.write(record);
  await network.add(address);
  for (const [file, text] of Object.entries(etcFiles(pod, address, network.gateway))) {
    await writeFile(join(folder.etc, file), text);
    await chmod(join(folder.etc, file), 0o644);
  }
  await objects.serveNode(pod.spec.nodeName ?? "");
  return record;
}
