import { readFile } from "node:fs/promises";
import { kernelPrefix } from "../../sandbox/src/pods/addresses.ts";
import { run } from "./cli.ts";

/**
 * Returns what the sandbox in `root` may have left in this machine's kernel: all network namespaces, interfaces and
 * mounts except those with another sandbox's name.
 */
export async function traces(root: string): Promise<readonly string[]> {
  const [namespaces, links, mounts] = await Promise.all([
    run("ip", ["netns", "list"]),
    run("ip", ["-o", "link", "show"]),
    readFile("/proc/self/mountinfo", "utf8"),
  ]);
  const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");
  const others = (line: string): boolean => /[ /]g[0-9a-f]{7}-/.test(line) && !line.includes(kernelPrefix(root));
  const found = [
    ...lines(namespaces.stdout).map((line) => `namespace ${line.split(" ")[0]}`),
    ...lines(links.stdout).map((line) => `interface ${line.split(":")[1]?.trim().split("@")[0]}`),
    // `ip netns` creates this mount for all of its namespaces, together with the first one.
    ...lines(mounts)
      .map((line) => `mount ${line.split(" ")[4]}`)
      .filter((line) => line !== "mount /run/netns"),
  ];
  return found.filter((line) => !others(line)).sort();
}
