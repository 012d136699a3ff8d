import { readdir, stat } from "node:fs/promises";
import type { SandboxFolder } from "../folders.ts";
import { type ProcessEntry, processTable } from "../processes/process-table.ts";
import { proportionalBytes } from "../processes/shared-memory.ts";
import type { SandboxState } from "../state.ts";
import { podFolder } from "./pod-folder.ts";

export interface PodUsage {
  readonly awsRegion: string;
  readonly pods: number;
  /** Memory of all processes in the pods, including the shims; of memory shared with other processes, their share. */
  readonly residentBytes: number;
}

/** Returns how many real pods each region has, and the memory that they use; none before an image is registered. */
export async function podUsage(state: SandboxState, folder: SandboxFolder): Promise<readonly PodUsage[]> {
  const regions = state.regions.filter(({ pods }) => pods !== undefined);
  if (regions.length === 0) return [];
  const byNetwork = await processesByNetwork();
  return Promise.all(
    regions.map(async ({ awsRegion }) => {
      const root = folder.region(awsRegion, "pods");
      const uids = await readdir(root).catch(() => []);
      const records = await Promise.all(uids.map(async (uid) => podFolder(root, uid).read()));
      const networks = await Promise.all(
        records.flatMap((record) => (record === undefined ? [] : [inode(record.netns)])),
      );
      const bytes = await Promise.all(
        networks.flatMap((network) => byNetwork.get(network ?? 0) ?? []).map(proportionalBytes),
      );
      return { awsRegion, pods: networks.length, residentBytes: bytes.reduce((sum, each) => sum + each, 0) };
    }),
  );
}

/** Returns this machine's processes by the inode of their network namespace. */
async function processesByNetwork(): Promise<ReadonlyMap<number, readonly ProcessEntry[]>> {
  const found = new Map<number, ProcessEntry[]>();
  for (const entry of (await processTable()).values()) {
    const network = await inode(`/proc/${entry.pid}/ns/net`);
    if (network !== undefined) found.set(network, [...(found.get(network) ?? []), entry]);
  }
  return found;
}

function inode(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ ino }) => ino,
    () => undefined,
  );
}
