import type { Context } from "../../context.ts";
import { type Check, skipReason } from "../../core/check.ts";
import { examine, type Examined } from "../../health/examine.ts";
import { createHealthContext, type HealthContext } from "../../health/health-context.ts";
import { flagOf, kubectlOf, type Place } from "../../platform/place.ts";

export interface Examination {
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** True for commands that only check the mesh. */
  readonly meshExpected: boolean;
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

/** Runs the checks in every region in parallel. An unreachable region does not affect the results of the others. */
export async function examinePlaces(
  checks: readonly Check<HealthContext>[],
  examination: Examination,
  context: Context,
): Promise<ExaminedPlaces> {
  const places = await context.places();
  const { emit, host } = context;
  if (examination.isFirst) emit({ type: "tasks", tasks: places.map(({ name }) => ({ id: name, title: name })) });
  const examined = await Promise.all(places.map((place) => examinePlace(place, checks, examination, context)));
  const platform = places.some((place) => "region" in place) ? (await context.platform()).name : undefined;
  return {
    ...(platform === undefined ? {} : { platform }),
    generatedAt: new Date(host.clock.now()).toISOString(),
    places: examined,
  };
}

async function examinePlace(
  place: Place,
  checks: readonly Check<HealthContext>[],
  { only, skip, meshExpected, isFirst }: Examination,
  context: Context,
): Promise<Examined> {
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
      flag: flagOf(place),
      envoy: () => context.envoy(place),
      certificates: checks.some(({ id }) => id === "mesh/certificates" && skipReason(id, { only, skip }) === undefined),
      eks: region && {
        name: region.cluster,
        region: name,
        door: async () => (await context.aws(region)).service("eks"),
        installed: {
          ...(await import("../../region/installed-parts.ts")).installedParts(await context.platform(), region),
          eks: async () => (await context.aws(region)).service("eks"),
          ec2: async () => (await context.aws(region)).service("ec2"),
        },
      },
      kubectl: kubectlOf(place),
      namespace: options.namespace,
      now: host.clock.now,
    },
    signal,
  );
  const emit: Context["emit"] = (event) => isFirst && context.emit(event);
  emit({ type: "task", id: name, state: "running" });
  const about = { name, awsRegion: region?.awsRegion, context: kubeContext };
  const examined = await examine(about, health, checks, { only, skip, now: host.clock.now, signal });
  const api = examined.findings.find((finding) => finding.id === "cluster/api");
  const { durationMs } = examined;
  emit({ type: "task", id: name, state: api?.severity === "unknown" ? "failed" : "done", durationMs });
  return examined;
}
