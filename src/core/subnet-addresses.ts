import { parseRange } from "./ip-range.ts";

/** A VPC is cut into eighths: a public and a private subnet in each of up to four zones. */
export const subnetBits = 3;
/** AWS keeps five addresses of each subnet: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const reserved = 5;
/** What EKS needs in each subnet: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html */
export const addressesOfEks = { required: 6, recommended: 16 } as const;

/** Returns how many addresses each subnet of a VPC has for others than AWS. */
export function addressesPerSubnet(vpcRange: string): number {
  return Math.max(0, 2 ** (32 - parseRange(vpcRange).prefix - subnetBits) - reserved);
}
