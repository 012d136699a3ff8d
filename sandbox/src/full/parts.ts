import type { SandboxFolder } from "../folders.ts";
import { awsUrl, type Component } from "../processes/component.ts";
import type { SandboxState } from "../state.ts";
import { apiServer, applicationController, redis, repoServer } from "./argocd.ts";
import { externalSecrets } from "./external-secrets.ts";
import { istiod } from "./istiod.ts";
import type { FullRegion, Part } from "./part.ts";
import { collector, prometheus } from "./telemetry.ts";

const kinds = [istiod, redis, repoServer, applicationController, apiServer, externalSecrets, collector, prometheus];

/** Returns every part of every region of a sandbox; none if its profile is core. */
export function fullParts(state: SandboxState, folder: SandboxFolder): readonly Part[] {
  return fullRegions(state, folder).flatMap((region) => kinds.map((kind) => kind(region)));
}

export function fullComponents(state: SandboxState, folder: SandboxFolder): readonly Component[] {
  return fullParts(state, folder).map((part) => part.component);
}

function fullRegions(state: SandboxState, folder: SandboxFolder): readonly FullRegion[] {
  const { accessKeyId, secretAccessKey } = state.aws;
  return state.regions.flatMap(({ awsRegion, full }) => {
    if (full === undefined) return [];
    const at = (...path: string[]): string => folder.region(awsRegion, ...path);
    const aws = { url: awsUrl(state), accessKeyId, secretAccessKey };
    return [{ bin: folder.bin, awsRegion, ports: full, kubeconfig: at("admin.kubeconfig"), aws, at }];
  });
}
