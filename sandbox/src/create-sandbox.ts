import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { createAwsState } from "./aws-endpoint.ts";
import { endProcesses, processesIn } from "./processes/daemon.ts";
import { type SandboxFolder, stateRoot } from "./folders.ts";
import { clusterArn } from "../../src/core/arn.ts";
import { clusterName } from "./names.ts";
import { type KubeconfigEntry, writeKubeconfig, writeWebhookConfig } from "./region/kubeconfig.ts";
import { createAuthenticatorPki, createRegionPki } from "./region/pki.ts";
import { freePorts } from "./processes/ports.ts";
import { processTable } from "./processes/process-table.ts";
import { removeNetworks } from "./pods/network.ts";
import type { Setting } from "./setting.ts";
import { type RegionPorts, type SandboxState, takenPorts, writeState } from "./state.ts";

export interface NewSandbox {
  readonly name: string;
  readonly regions: readonly string[];
  readonly clockScale: number;
  /** See {@link SandboxState.bare}. */
  readonly bare: boolean;
}

/**
 * Chooses ports and writes keys and files of a new sandbox. The state is written last: without it, everything is made
 * again.
 */
export async function createSandbox(
  { name, regions, clockScale, bare }: NewSandbox,
  folder: SandboxFolder,
  setting: Setting,
): Promise<SandboxState> {
  const { clock } = setting.host;
  // Of a sandbox whose state was lost.
  await endProcesses(processesIn(await processTable(), folder.root), processTable, clock);
  await removeNetworks(folder.root);
  const ports = await freePorts(regions.length * 6 + 2, await takenPorts(stateRoot(setting.host)));
  const take = (): number => ports.shift() as number;
  const aws = createAwsState(take(), take(), clockScale);
  await mkdir(dirname(folder.log("any")), { recursive: true, mode: 0o700 });
  await createAuthenticatorPki(folder, clock.now());
  const planned = regions.map((awsRegion) => ({ awsRegion, ports: takeRegionPorts(take) }));
  for (const region of planned) {
    await createRegionPki(folder, region.awsRegion, region.ports, clock.now());
    await writeWebhookConfig(
      folder.region(region.awsRegion, "authenticator.kubeconfig"),
      `https://127.0.0.1:${aws.authenticatorPort}/token/${region.awsRegion}`,
      folder.aws("ca.crt"),
    );
  }
  const admins = planned.map((region) => adminOf(folder, region, aws.accountId));
  await writeKubeconfig(folder.kubeconfig, await Promise.all(admins));
  const state: SandboxState = {
    format: 1,
    name,
    ...(bare ? ({ profile: "full", bare } as const) : ({ profile: "core" } as const)),
    createdAt: new Date(clock.now()).toISOString(),
    regions: planned,
    aws,
    processes: {},
  };
  await writeState(folder, state);
  return state;
}

function takeRegionPorts(take: () => number): RegionPorts {
  return {
    etcd: take(),
    etcdPeer: take(),
    apiserver: take(),
    controllerManager: take(),
    scheduler: take(),
    kwok: take(),
  };
}

async function adminOf(
  folder: SandboxFolder,
  { awsRegion, ports }: { readonly awsRegion: string; readonly ports: RegionPorts },
  accountId: string,
): Promise<KubeconfigEntry> {
  const read = (file: string): Promise<string> => readFile(folder.region(awsRegion, "pki", file), "utf8");
  return {
    name: awsRegion,
    // As `aws eks update-kubeconfig` names it, and as the commands that gennet suggests use it.
    alias: clusterArn({ awsRegion, accountId, cluster: clusterName(awsRegion) }),
    server: `https://127.0.0.1:${ports.apiserver}`,
    ca: await read("ca.crt"),
    certificate: await read("admin.crt"),
    key: await read("admin.key"),
  };
}
