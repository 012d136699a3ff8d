import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { bridgeName, gatewayOf, kernelPrefix, parseRange, podInterface, prefixLength } from "./addresses.ts";

const execute = promisify(execFile);

async function ip(...args: readonly string[]): Promise<string> {
  try {
    return (await execute("ip", [...args])).stdout;
  } catch (error) {
    const text = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new Error(`ip ${args.join(" ")}: ${text}`, { cause: error });
  }
}

/**
 * Where the AWS endpoint gives its databases and caches their addresses. Pods send it to this machine instead of to
 * their own loopback interface; the rest of 127.0.0.0/8 stays their own.
 */
const databaseRange = "127.64.0.0/10";

/**
 * The setting of an interface without which the kernel drops packets that come from, or go to, a loopback address
 * through it (https://docs.kernel.org/networking/ip-sysctl.html). It is only set for the bridge and the pods, so that
 * other interfaces of this machine still lead nowhere.
 */
function routeLocalnet(device: string): string {
  return `/proc/sys/net/ipv4/conf/${device}/route_localnet`;
}

/** Where `ip netns` keeps named namespaces. */
export function netnsPath(name: string): string {
  return `/run/netns/${name}`;
}

/** The network of one region's real pods. */
export interface PodNetwork {
  /** The bridge's own address. */
  readonly gateway: string;
  /** Returns the name of a pod's namespace and of its interface on this machine. */
  nameOf(address: string): string;
  /** Creates the bridge if it does not exist. */
  ensure(): Promise<void>;
  /** Connects a pod, and returns the path of its network namespace. Leftovers of an earlier attempt are replaced. */
  add(address: string): Promise<string>;
  /** Does nothing if there is none. */
  remove(address: string): Promise<void>;
}

export function podNetwork(root: string, index: number, range: string): PodNetwork {
  const bridge = bridgeName(root, index);
  const gateway = gatewayOf(range);
  const remove = async (address: string): Promise<void> => {
    const name = podInterface(root, index, address);
    // Deleting the host's end of the veth pair removes the other end immediately; deleting the namespace would take
    // some time.
    await ip("link", "del", name).catch(() => undefined);
    await ip("netns", "del", name).catch(() => undefined);
  };
  return {
    gateway,
    nameOf: (address) => podInterface(root, index, address),
    async ensure() {
      const known = await ip("-o", "link", "show", bridge).catch(() => "");
      if (known === "") await ip("link", "add", bridge, "type", "bridge");
      await ip("addr", "replace", `${gateway}/${prefixLength}`, "dev", bridge);
      await ip("link", "set", bridge, "up");
      await writeFile(routeLocalnet(bridge), "1");
    },
    async add(address) {
      const name = podInterface(root, index, address);
      await remove(address);
      await ip("netns", "add", name);
      await ip("link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name);
      await ip("link", "set", name, "master", bridge, "up");
      const within = ["-n", name];
      await ip(...within, "link", "set", "lo", "up");
      await ip(...within, "addr", "add", `${address}/${prefixLength}`, "dev", "eth0");
      await ip(...within, "link", "set", "eth0", "up");
      await ip(...within, "route", "add", "default", "via", gateway);
      await ip("netns", "exec", name, "sh", "-c", `echo 1 > ${routeLocalnet("eth0")}`);
      // The kernel looks into this table first.
      await ip(...within, "route", "add", databaseRange, "via", gateway, "dev", "eth0", "table", "local");
      return netnsPath(name);
    },
    remove,
  };
}

/** Returns the destinations of this machine's routes. */
export async function takenRanges(): Promise<NonNullable<ReturnType<typeof parseRange>>[]> {
  const text = await ip("-j", "route", "show", "table", "all");
  const routes = JSON.parse(text === "" ? "[]" : text) as { dst: string }[];
  return routes.flatMap(({ dst }) => parseRange(dst) ?? []);
}

/** Removes every interface and network namespace of a sandbox, whatever left it behind. Returns their names. */
export async function removeNetworks(root: string): Promise<readonly string[]> {
  const prefix = kernelPrefix(root);
  const namespaces = (await ip("netns", "list").catch(() => ""))
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((name) => name.startsWith(prefix));
  const links = (await ip("-o", "link", "show").catch(() => ""))
    .split("\n")
    .flatMap((line) => /^\d+: ([^:@]+)/.exec(line)?.[1] ?? [])
    .filter((name) => name.startsWith(prefix));
  for (const name of links) await ip("link", "del", name).catch(() => undefined);
  for (const name of namespaces) await ip("netns", "del", name).catch(() => undefined);
  return [...new Set([...links, ...namespaces])];
}
