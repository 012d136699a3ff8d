import type { AppError } from "../core/error.ts";
import { combine, exit, type Exit } from "../core/exit.ts";
import type { Finding } from "../core/finding.ts";
import type { SagaResult, StageResult } from "../core/saga.ts";
import type { SecretHolder } from "./holders.ts";
import { consumerName, consumersOf, type Reader } from "./readers.ts";
import type { RotationKind } from "./rotation.ts";
import type { Site, RotationWorld } from "./world.ts";

export interface RotationReader {
  readonly namespace: string;
  readonly externalSecret: string;
  /** The Kubernetes Secret that it writes. */
  readonly secret: string;
}

export interface RotationRegion {
  /** The region's name in gennet.yaml. */
  readonly name: string;
  readonly awsRegion: string;
  /** The replication status that Secrets Manager reports there. */
  readonly copy: "primary" | "replica" | "none";
  readonly externalSecrets: readonly RotationReader[];
  /** The workloads that are restarted: `Deployment shop/orders`. */
  readonly workloads: readonly string[];
}

export interface RotationFailure {
  readonly code: string;
  readonly message: string;
  readonly next: readonly string[];
}

/** The result of `gennet secrets rotate` and `rollback`. It contains no values. */
export interface SecretRotation {
  readonly kind: "SecretRotation";
  readonly secret: string;
  readonly does: RotationKind;
  /** The key of the JSON object whose value is rotated. */
  readonly key?: string;
  /**
   * `pending`: what a dry run would do. `undone`: the state before the run is restored. `stuck`: it could not be
   * restored, and the run is unfinished. `accepted`: an unfinished run was ended in its current state.
   */
  readonly outcome: "pending" | "done" | "undone" | "stuck" | "accepted";
  /** The run's id in the journal; absent in a dry run. */
  readonly run?: string;
  /** Version ids of Secrets Manager. The new one is created when the run begins. */
  readonly versions: { readonly before: string; readonly target?: string };
  readonly regions: readonly RotationRegion[];
  readonly stages: readonly StageResult[];
  /** Why the run was rolled back. */
  readonly failure?: RotationFailure;
  /** Why the roll-back stopped. */
  readonly obstacle?: RotationFailure;
  /** Which running pod holds which value; only if the run is stuck or accepted. */
  readonly holders?: readonly SecretHolder[];
  readonly findings: readonly Finding[];
}

export function toRegions(world: RotationWorld, readers: readonly Reader[]): RotationRegion[] {
  return world.sites.map((site) => {
    const { name, awsRegion } = site;
    const own = readers.filter((reader) => reader.site.name === name);
    return {
      name,
      awsRegion,
      copy: copyIn(site, world),
      externalSecrets: own.map(({ external, kubeSecret }) => ({
        namespace: external.namespace,
        externalSecret: external.name,
        secret: kubeSecret,
      })),
      workloads: consumersOf(own).map(consumerName),
    };
  });
}

function copyIn(
  { awsRegion, accountId }: Site,
  { primary, replicas, identity }: RotationWorld,
): RotationRegion["copy"] {
  if (accountId !== identity.accountId) return "none";
  if (primary.awsRegion === awsRegion) return "primary";
  return replicas.some((copy) => copy.awsRegion === awsRegion) ? "replica" : "none";
}

export function withResult(
  plan: SecretRotation,
  run: string,
  target: string,
  { outcome, stages, findings, failure, obstacle }: SagaResult,
): SecretRotation {
  return {
    ...plan,
    outcome,
    run,
    versions: { ...plan.versions, target },
    stages,
    findings: [...plan.findings, ...findings],
    ...(failure === undefined ? {} : { failure: toFailure(failure) }),
    ...(obstacle === undefined ? {} : { obstacle: toFailure(obstacle) }),
  };
}

export function exitOfRun({ outcome, failure, obstacle }: SagaResult): Exit {
  if (outcome === "done") return exit.ok;
  return combine([failure, obstacle].flatMap((error) => (error === undefined ? [] : [error.exit])));
}

function toFailure({ code, message, next }: AppError): RotationFailure {
  return { code, message, next };
}
