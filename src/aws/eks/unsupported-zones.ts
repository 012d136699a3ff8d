import { UnsupportedAvailabilityZoneException } from "@aws-sdk/client-eks";
import { AppError } from "../../core/error.ts";

/**
 * EKS makes no control plane in the zone of a subnet, for good or for lack of capacity.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
 */
export class UnsupportedZones extends AppError {
  /** The zones that EKS offers instead, by the names that they have in the account: `us-east-1a`. */
  readonly offered: readonly string[];

  constructor(message: string, offered: readonly string[], next: readonly string[] = []) {
    super("AWS_REJECTED", message, { next });
    this.offered = offered;
  }
}

/** Returns an error of a call of EKS; if it is about zones, with those that EKS offers. */
export function withOfferedZones(error: unknown): unknown {
  const { message = "", cause } = error instanceof AppError ? error : {};
  if (!(cause instanceof UnsupportedAvailabilityZoneException)) return error;
  return new UnsupportedZones(message, cause.validZones ?? []);
}
