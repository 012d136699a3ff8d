import { dirname, join } from "node:path";
import { type SandboxFolder, shippedFolder } from "../folders.ts";
import { type Launch, processesIn } from "../processes/daemon.ts";
import type { ProcessEntry } from "../processes/process-table.ts";
import { definedOnly } from "../programs/go-toolchain.ts";
import type { Setting } from "../setting.ts";
import type { SandboxRegion } from "../state.ts";

/** How a region's processes for real pods are started, by component id; none before an image is registered. */
export function podLaunches(
  folder: SandboxFolder,
  { awsRegion, ports, pods }: SandboxRegion,
  shim: string,
  setting: Setting,
): readonly [string, Omit<Launch, "log">][] {
  if (pods === undefined) return [];
  const pki = (file: string): string => folder.region(awsRegion, "pki", file);
  const { PATH, HOME, XDG_CACHE_HOME } = setting.host.env;
  const kubelet = [
    `--address=127.0.0.1:${pods.kubeletPort}`,
    `--pods=${folder.region(awsRegion, "pods")}`,
    `--next=https://127.0.0.1:${ports.kwok}`,
    `--ca=${pki("ca.crt")}`,
    `--cert=${pki("component.crt")}`,
    `--key=${pki("component.key")}`,
  ];
  // It holds little: without these, Node lets garbage lie until it has grown to three times as much.
  const node = ["--max-semi-space-size=1", "--max-old-space-size=192"];
  const launcher = join(dirname(shippedFolder()), "bin", "gennet");
  return [
    [`${awsRegion}/pod-kubelet`, { file: shim, args: ["serve", ...kubelet], env: definedOnly({ PATH }) }],
    [
      `${awsRegion}/pod-runtime`,
      {
        file: process.execPath,
        args: [...node, launcher, "sandbox", "pods", folder.region(awsRegion, "pods"), "--shim", shim],
        env: definedOnly({ PATH, HOME, XDG_CACHE_HOME }),
      },
    ],
  ];
}

/** The runtimes of a sandbox's pods that run, written down or not. */
export function podRuntimes(table: ReadonlyMap<number, ProcessEntry>, root: string): readonly ProcessEntry[] {
  return processesIn(table, root).filter(({ args }) => args.includes("sandbox") && args.includes("pods"));
}
