import type { Quotas } from "../../aws/quotas/port.ts";
import { AppError } from "../../core/error.ts";
import type { Finding } from "../../core/finding.ts";
import { unreadBecause } from "../../core/run-checks.ts";
import { shell } from "../../core/shell-words.ts";
import { awsFlags } from "../../core/aws-flags.ts";
import type { RegionWorld } from "../world.ts";
import type { QuotaRow } from "./quota-table.ts";

/** How much of a quota there is, and how much of it is in use. */
export interface QuotaUse {
  /** AWS's name for the quota, with its service: `vpc VPCs per Region`. */
  readonly name: string;
  readonly value: number;
  readonly used: number;
}

/** Why the use of a quota is not known. */
export type QuotaGap = Pick<Finding, "severity" | "summary" | "obstacle" | "fix" | "evidence">;

type Row = Pick<QuotaRow, "service" | "code" | "counted">;

/**
 * Reads a quota and its use. A missing code or a missing permission is only a note, because AWS itself refuses a
 * creation that exceeds a quota; no answer is unknown.
 */
export async function readQuota(
  { aws, region }: RegionWorld,
  { service, code, counted }: Row,
  signal: AbortSignal,
): Promise<QuotaUse | QuotaGap> {
  try {
    await aws.verifyAccount(signal);
    const quotas: Quotas = await aws.service("quotas");
    const quota = await quotas.quota(service, code, signal);
    if (quota === undefined) return { severity: "skip", summary: "not known: Service Quotas has no such quota here" };
    return {
      name: `${service} ${quota.name}`,
      value: quota.value,
      used: await quotas.used(counted, region.cluster, signal),
    };
  } catch (error) {
    if (error instanceof AppError && error.code === "AWS_DENIED") {
      return { severity: "skip", summary: `not known: ${error.message}` };
    }
    // Of another region, which may be misconfigured, nothing follows for the one that is planned.
    return { ...unreadBecause(error), severity: "unknown" };
  }
}

export function isKnown(quota: QuotaUse | QuotaGap): quota is QuotaUse {
  return "value" in quota;
}

/** Returns the command that requests a higher quota. */
export function increase(world: RegionWorld, { service, code }: Row, value: number): string {
  return `${shell`aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${String(value)}`} ${awsFlags(world)}`;
}
