import type { Context } from "../../context.ts";
import { type Check, skipReason } from "../../core/check.ts";
import { AppError } from "../../core/error.ts";
import { exit } from "../../core/exit.ts";
import { unreadBecause } from "../../core/run-checks.ts";
import { examine, type Examined } from "../../health/examine.ts";
import type { EksReads } from "../../health/eks-reads.ts";
import { createHealthContext, type HealthContext } from "../../health/health-context.ts";
import { nameStoreChecks } from "../../health/stores/store-checks.ts";
import { flagOf, kubectlOf, type Place } from "../../platform/place.ts";
import type { Region } from "../../platform/schema.ts";

export interface Examination {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** True for commands that only check the mesh. */
  readonly meshExpected: boolean;
  /** Whether to create pods for what only these can find out. By default, if `only` names such a check. */
  readonly probe?: boolean | undefined;
  /** Whether progress is shown. */
  readonly isFirst: boolean;
}

export interface ExaminedPlaces {
  /** The name in gennet.yaml; undefined if only contexts are checked. */
  readonly platform?: string;
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  readonly places: readonly Examined[];
}

/** A place, and why it could not be examined. */
interface Attempt extends Examined {
  readonly refusal?: AppError;
}

/**
 * Runs the checks in every region in parallel. An unreachable region does not affect the results of the others, nor does
 * one that gennet.yaml describes wrongly. Throws if that is so for all of them, and for a wrong --context.
 */
export async function examinePlaces(
  checks: readonly Check<HealthContext>[],
  examination: Examination,
  context: Context,
): Promise<ExaminedPlaces> {
  const places = await context.places();
  const { emit, host } = context;
  if (examination.isFirst) emit({ type: "tasks", tasks: places.map(({ name }) => ({ id: name, title: name })) });
  const examined = await Promise.all(places.map((place) => examinePlace(place, checks, examination, context)));
  const [refused] = examined;
  if (refused?.refusal !== undefined && examined.every(({ refusal }) => refusal !== undefined)) throw refused.refusal;
  const platform = places.some((place) => "region" in place) ? (await context.platform()).name : undefined;
  return {
    ...(platform === undefined ? {} : { platform }),
    generatedAt: new Date(host.clock.now()).toISOString(),
    places: examined,
  };
}

/** Returns how the kubeconfig context of a region is compared with the cluster that EKS describes. */
function mismatchOf(region: Region, { contextCluster }: Context): NonNullable<EksReads["mismatch"]> {
  return async (cluster) => (await import("../../k8s/own-context.ts")).contextMismatch(region, cluster, contextCluster);
}

async function examinePlace(
  place: Place,
  checks: readonly Check<HealthContext>[],
  { only, skip, meshExpected, isFirst, probe }: Examination,
  context: Context,
): Promise<Attempt> {
  const { host, options, signal } = context;
  const { name } = place;
  const region = "region" in place ? place.region : undefined;
  const kubeContext = "context" in place ? place.context : place.region.context;
  const health = createHealthContext(
    {
      connect: () => context.cluster(place),
      mesh: { istio: () => context.istio(place), expected: meshExpected },
      argocd: () => context.argocd(place),
      secrets: {
        externalSecrets: () => context.externalSecrets(place),
        store: region && {
          awsRegion: region.awsRegion,
          open: async () => (await context.aws(region)).service("secrets"),
        },
      },
      prober: probe === true || nameStoreChecks(only) ? () => context.prober(place) : undefined,
      collectors: () => context.collectors(place),
      components:
        region && (await import("./required-components.run.ts")).requiredComponents(await context.platform(), region),
      flag: flagOf(place),
      envoy: () => context.envoy(place),
      certificates: checks.some(({ id }) => id === "mesh/certificates" && skipReason(id, { only, skip }) === undefined),
      eks: region && {
        name: region.cluster,
        region: name,
        door: async () => (await context.aws(region)).service("eks"),
        ...(kubeContext === undefined ? {} : { mismatch: mismatchOf(region, context) }),
        installed: {
          ...(await import("../../region/installed-parts.ts")).installedParts(await context.platform(), region),
          eks: async () => (await context.aws(region)).service("eks"),
          ec2: async () => (await context.aws(region)).service("ec2"),
        },
      },
      kubectl: kubectlOf(place),
      namespace: options.namespace,
      now: host.clock.now,
      pause: host.clock.sleep,
    },
    signal,
  );
  const emit: Context["emit"] = (event) => isFirst && context.emit(event);
  emit({ type: "task", id: name, state: "running" });
  const about = { name, awsRegion: region?.awsRegion, context: kubeContext };
  const examined = await examine(about, health, checks, { only, skip, now: host.clock.now, signal }).catch(
    (error: unknown): Attempt => {
      const isOfRegion = region !== undefined && error instanceof AppError && error.exit === exit.usage;
      if (!isOfRegion) throw error;
      const finding = { id: "cluster/api", region: name, subject: "API server", ...unreadBecause(error) };
      return { place: about, health, findings: [finding], durationMs: 0, refusal: error };
    },
  );
  const api = examined.findings.find((finding) => finding.id === "cluster/api");
  const { durationMs } = examined;
  emit({ type: "task", id: name, state: api?.severity === "unknown" ? "failed" : "done", durationMs });
  return examined;
}
