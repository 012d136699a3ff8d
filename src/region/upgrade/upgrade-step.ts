import { minorOf } from "../../core/kubernetes/minor-version.ts";
import type { Finding } from "../../core/finding.ts";
import type { Gate } from "../../core/gate.ts";
import type { Clock } from "../../core/clock.ts";
import type { RegionWorld } from "../world.ts";

/** One change of a cluster's Kubernetes version, between two minor versions that follow each other. */
export interface UpgradeStep {
  /** `1.34` */
  readonly from: string;
  readonly to: string;
  readonly kind: "upgrade" | "rollback";
}

/** Long enough for what controllers do periodically; AWS advises hours or days. */
export const defaultBakeMs = 60 * 60_000;

/** What decides whether and when a step is made. */
export interface UpgradeRules {
  /** How long the region must have been healthy with the new control plane, before its nodes are replaced. */
  readonly bakeMs: number;
  /** Absent while only planning. */
  readonly acting?: UpgradeActing;
}

/** What a run needs that makes the steps. */
export interface UpgradeActing {
  readonly clock: Clock;
  /** Whether the region is healthy. */
  readonly health: Gate;
  /** Returns what is in the way of a step. */
  readiness(world: RegionWorld, step: UpgradeStep, signal: AbortSignal): Promise<readonly Finding[]>;
  /** Reports what a step of the run is waiting for. */
  waiting(region: string, resource: string, detail: string): void;
}

export function actingBy({ acting }: UpgradeRules): UpgradeActing {
  if (acting === undefined) throw new Error("a plan makes no steps");
  return acting;
}

/** Returns the minor versions from one to another, both included, in the order of an upgrade. */
export function minorsBetween(from: string, to: string): readonly string[] {
  const [first, last] = [minorOf(from), minorOf(to)];
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => `1.${first + at}`);
}

export function upgradeCommand(region: string): string {
  return `gennet region upgrade ${region}`;
}

export function rollbackCommand(region: string): string {
  return `gennet region rollback ${region}`;
}

export function commandOf({ kind }: Pick<UpgradeStep, "kind">, region: string): string {
  return kind === "upgrade" ? upgradeCommand(region) : rollbackCommand(region);
}
