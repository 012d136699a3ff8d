import { dirname, join } from "node:path";
import { type SandboxFolder, shippedFolder } from "../folders.ts";
import { awsUrl } from "../processes/component.ts";
import { endProcesses, findRunning, type Launches, processesIn } from "../processes/daemon.ts";
import { type ProcessEntry, processTable } from "../processes/process-table.ts";
import { definedOnly } from "../programs/go-toolchain.ts";
import type { Setting } from "../setting.ts";
import type { SandboxRegion, SandboxState } from "../state.ts";
import { gatewayOf } from "./addresses.ts";
import { exposedIn, forwardFlags } from "./exposed.ts";

/** Returns how to start the regions' processes for real pods, by component id; none before an image is registered. */
export function podLaunches(folder: SandboxFolder, state: SandboxState, shim: string, setting: Setting): Launches {
  return state.regions.flatMap((region) => regionLaunches(folder, state, region, shim, setting));
}

function regionLaunches(
  folder: SandboxFolder,
  state: SandboxState,
  region: SandboxRegion,
  shim: string,
  setting: Setting,
): Launches {
  const { awsRegion, ports, pods } = region;
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
    ...forwardFlags(exposedIn(state, region), gatewayOf(pods.range), {
      certFile: pki("stores.crt"),
      keyFile: pki("stores.key"),
    }),
    `--names=${gatewayOf(pods.range)}:53`,
    `--services=${folder.region(awsRegion, "services.json")}`,
    `--names-from=${awsUrl(state)}/_sandbox/names?region=${awsRegion}`,
    ...mirrorFlags(region),
  ];
  // It uses little memory: without these flags, Node lets garbage grow to three times as much.
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

/** Pods of istiod are simulated: a port-forward to one of them reaches the program outside the cluster. */
function mirrorFlags({ full }: SandboxRegion): readonly string[] {
  if (full === undefined) return [];
  const { http, grpc, xds, webhook, monitoring } = full.istiod;
  const ports = { 8080: http, 15010: grpc, 15012: xds, 15014: monitoring, 15017: webhook };
  const targets = Object.entries(ports).map(([port, target]) => `${port}=127.0.0.1:${target}`);
  return [`--mirror=istio-system/istiod-=${targets.join(",")}`];
}

/**
 * Ends kubelet servers that run a different program, or with different arguments, than they should, so that they are
 * started again.
 */
export async function endOutdatedKubelets(launches: Launches, state: SandboxState, setting: Setting): Promise<void> {
  const table = await processTable();
  const outdated = launches.flatMap(([id, { file, args }]) => {
    const entry = findRunning(table, state.processes[id]);
    if (!id.endsWith("/pod-kubelet") || entry === undefined) return [];
    return entry.args.join("\0") === [file, ...args].join("\0") ? [] : [entry];
  });
  await endProcesses(outdated, processTable, setting.host.clock);
}

/** Returns the running pod runtimes of a sandbox, recorded or not. */
export function podRuntimes(table: ReadonlyMap<number, ProcessEntry>, root: string): readonly ProcessEntry[] {
  return processesIn(table, root).filter(({ args }) => args.includes("sandbox") && args.includes("pods"));
}
