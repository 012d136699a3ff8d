import { AppError } from "../../../src/core/error.ts";
import { applyObjects } from "../full/apply-objects.ts";
import { type Api, ApiError, connectApi } from "../pods/api.ts";
import { faultAnnotation, faultInEffect } from "../pods/fault.ts";
import { realLabel } from "../pods/marking.ts";
import type { Pod } from "../pods/pod.ts";
import { type Component, componentsOf } from "../processes/component.ts";
import type { Setting } from "../setting.ts";
import { requireState } from "../status.ts";
import type { Faults } from "./fail.ts";
import { nackFilter, nackLabel } from "./nack.ts";
import type { PodFault } from "./pod-fault.ts";

export interface PodPlace {
  readonly namespace: string;
  readonly name: string;
  /** The regions to search; none for every region of the sandbox. */
  readonly regions: readonly string[];
}

const takesEffectMs = 30_000;

/**
 * Writes the failure to a real pod and waits until its runtime has injected it; `undefined` removes all failures.
 * Throws SANDBOX_FAULT_UNKNOWN if there is no such pod, and SANDBOX_FAULT_FAILED.
 */
export async function failPod(
  sandbox: string,
  place: PodPlace,
  fault: PodFault | undefined,
  setting: Setting,
): Promise<Faults> {
  const { state, folder } = await requireState(sandbox, setting);
  const servers = componentsOf(state, folder).filter(
    ({ name, awsRegion = "" }) =>
      name === "kube-apiserver" && (place.regions.length === 0 || place.regions.includes(awsRegion)),
  );
  const changed: string[] = [];
  for (const server of servers) {
    const api = await connectApi(server.probe);
    try {
      const pod = (await api.get<Pod>(pathOf(place), setting.signal)) ?? (await podOf(api, place, fault, setting));
      if (pod === undefined) continue;
      const found = { ...place, name: pod.metadata.name };
      if (pod.metadata.labels?.[realLabel] === undefined) throw simulated(found);
      await write(api, server, found, fault, setting);
      await settled(api, found, fault?.text, setting);
      changed.push(`${server.awsRegion} ${found.namespace}/${found.name}`);
    } finally {
      api.close();
    }
  }
  if (changed.length === 0) throw missing(sandbox, place);
  return { changed, failed: fault === undefined ? (state.failed ?? []) : [...(state.failed ?? []), ...changed] };
}

function pathOf({ namespace, name }: Pick<PodPlace, "namespace" | "name">): string {
  return `/api/v1/namespaces/${namespace}/pods/${name}`;
}

/** Returns a pod of the Deployment with this name: one to fail, or else the one that was failed. */
async function podOf(
  api: Api,
  { namespace, name }: PodPlace,
  fault: PodFault | undefined,
  { signal }: Setting,
): Promise<Pod | undefined> {
  const deployment = await api.get<Deployment>(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}`, signal);
  const labels = Object.entries(deployment?.spec.selector.matchLabels ?? {});
  if (labels.length === 0) return undefined;
  const selector = encodeURIComponent(labels.map((label) => label.join("=")).join(","));
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`;
  const { items = [] } = (await api.get<{ readonly items?: readonly Pod[] }>(path, signal)) ?? {};
  const candidates = items.filter(({ metadata }) =>
    fault === undefined ? metadata.annotations?.[faultAnnotation] !== undefined : metadata.deletionTimestamp === undefined,
  );
  return candidates.toSorted((one, other) => one.metadata.name.localeCompare(other.metadata.name))[0];
}

interface Deployment {
  readonly spec: { readonly selector: { readonly matchLabels?: Readonly<Record<string, string>> } };
}

async function write(
  api: Api,
  server: Component,
  place: PodPlace,
  fault: PodFault | undefined,
  { signal }: Setting,
): Promise<void> {
  if (fault?.nack === true) await applyObjects([nackFilter(place.namespace)], server.probe, signal);
  const annotations = { [faultAnnotation]: fault?.text ?? null };
  const labels = { [nackLabel]: fault?.nack === true ? "true" : null };
  try {
    await api.send("PATCH", pathOf(place), { metadata: { annotations, labels } }, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return;
    throw error;
  }
}

async function settled(api: Api, place: PodPlace, text: string | undefined, { host, signal }: Setting): Promise<void> {
  const deadline = host.clock.now() + takesEffectMs;
  for (;;) {
    const pod = await api.get<Pod>(pathOf(place), signal);
    if (pod === undefined || faultInEffect(pod) === text) return;
    if (host.clock.now() > deadline) {
      throw new AppError("SANDBOX_FAULT_FAILED", `Pod ${place.namespace}/${place.name} did not apply the change.`, {
        next: [`kubectl -n ${place.namespace} describe pod ${place.name}  # shows the events of its runtime`],
      });
    }
    await host.clock.sleep(100, signal);
  }
}

function simulated({ namespace, name }: PodPlace): AppError {
  return new AppError("SANDBOX_FAULT_UNKNOWN", `Pod ${namespace}/${name} is simulated, so it cannot fail.`, {
    next: ["gennet sandbox image NAME PATH  # makes new pods of an image real"],
  });
}

function missing(sandbox: string, { namespace, name, regions }: PodPlace): AppError {
  const where = regions.length === 0 ? `sandbox ${sandbox}` : regions.join(", ");
  return new AppError("SANDBOX_FAULT_UNKNOWN", `There is no pod ${namespace}/${name} in ${where}.`, {
    next: [`kubectl get pods -A -l ${realLabel}  # lists the real pods`],
  });
}
