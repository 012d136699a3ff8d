import { UnsupportedAvailabilityZoneException } from "@aws-sdk/client-eks";
import { AppError } from "../../core/error.ts";
import { UnsupportedZones } from "../../core/unsupported-zones.ts";

/**
 * Returns an error of a call of EKS; if it is about zones, with those that EKS offers.
 * https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
 */
export function withOfferedZones(error: unknown): unknown {
  const { message = "", cause } = error instanceof AppError ? error : {};
  if (!(cause instanceof UnsupportedAvailabilityZoneException)) return error;
  return new UnsupportedZones(message, cause.validZones ?? []);
}
