import { readFile } from "node:fs/promises";
import { run } from "./cli.ts";

/** What a sandbox could leave in this machine's kernel: network namespaces, interfaces and mounts. */
export async function traces(): Promise<readonly string[]> {
  const [namespaces, links, mounts] = await Promise.all([
    run("ip", ["netns", "list"]),
    run("ip", ["-o", "link", "show"]),
    readFile("/proc/self/mountinfo", "utf8"),
  ]);
  const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
  return [
    ...lines(namespaces.stdout).map((line) => `namespace ${line.split(" ")[0]}`),
    ...lines(links.stdout).map((line) => `interface ${line.split(":")[1]?.trim().split("@")[0]}`),
    // `ip netns` makes this one for all of its namespaces, whoever comes first.
    ...lines(mounts)
      .map((line) => `mount ${line.split(" ")[4]}`)
      .filter((line) => line !== "mount /run/netns"),
  ].sort();
}
