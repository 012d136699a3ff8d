import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isThere } from "../../../src/core/is-there.ts";
import { writeNetworkSettings } from "./network-settings.ts";
import type { Pod } from "./pod.ts";
import { authoritiesFile, etcFiles, type PodFolder, type PodRecord } from "./pod-folder.ts";
import { redirectionOf, redirectTraffic } from "./redirection.ts";
import type { RuntimeSetting } from "./runtime-setting.ts";

/** Assigns an address to a pod. It is recorded before anything is created, so that what was started is found again. */
export async function recordPod(
  { metadata: { namespace, name, uid, labels = {} } }: Pod,
  folder: PodFolder,
  startTime: number,
  { network, allocate }: RuntimeSetting,
): Promise<PodRecord> {
  const address = allocate();
  const record = { namespace, name, uid, labels, address, netns: network.pathOf(address), startTime };
  await folder.write(record);
  return record;
}

/** Records the current labels of a pod, if they have changed. */
export async function withLabels(
  record: PodRecord,
  { metadata: { labels = {} } }: Pod,
  folder: PodFolder,
): Promise<PodRecord> {
  if (isDeepStrictEqual(record.labels, labels)) return record;
  const current = { ...record, labels };
  await folder.write(current);
  return current;
}

/**
 * Creates a pod's network namespace, and the files that its containers have in /etc; keeps what exists. After a restart
 * of the machine, nothing does.
 */
export async function ensurePodSandbox(
  pod: Pod,
  folder: PodFolder,
  { address, netns }: PodRecord,
  { network, shim, routes, names, authorities }: RuntimeSetting,
): Promise<void> {
  if (!(await isThere(netns))) await network.add(address);
  await writeNetworkSettings(pod, netns);
  const redirection = redirectionOf(pod);
  if (redirection !== undefined) await redirectTraffic(shim, netns, redirection);
  await routes.add(netns);
  const trusted = await authorities();
  const files = {
    ...etcFiles(pod, address, network.gateway, await names()),
    ...(trusted === undefined ? {} : { [authoritiesFile]: trusted }),
  };
  for (const [file, text] of Object.entries(files)) {
    await writeFile(join(folder.etc, file), text);
    await chmod(join(folder.etc, file), 0o644);
  }
}
