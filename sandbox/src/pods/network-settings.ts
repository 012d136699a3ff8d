import { execFile } from "node:child_process";
import { basename } from "node:path";
import { promisify } from "node:util";
import type { Pod } from "./pod.ts";

/**
 * Those of the sysctls that a kubelet allows in every pod which belong to a network namespace
 * (https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/).
 */
const allowed = [
  ...["ip_local_port_range", "ip_unprivileged_port_start", "ping_group_range", "ip_local_reserved_ports"],
  ...["tcp_syncookies", "tcp_keepalive_time", "tcp_fin_timeout", "tcp_keepalive_intvl", "tcp_keepalive_probes"],
  ...["tcp_rmem", "tcp_wmem"],
].map((name) => `net.ipv4.${name}`);

/** Returns whether a pod may have this sysctl. */
export function isNetworkSetting(name: string): boolean {
  return allowed.includes(name);
}

/** Writes a pod's sysctls to its network namespace. */
export async function writeNetworkSettings({ spec }: Pick<Pod, "spec">, netns: string): Promise<void> {
  for (const { name, value } of spec.securityContext?.sysctls ?? []) {
    const file = `/proc/sys/${name.replaceAll(".", "/")}`;
    const script = 'printf %s "$1" > "$2"';
    await promisify(execFile)("ip", ["netns", "exec", basename(netns), "sh", "-c", script, "sh", value, file]);
  }
}
