import type { PassingRefusal } from "../passing-refusal.ts";

/**
 * Something still uses the resource that is to be deleted: the network interfaces of a deleted load balancer or endpoint
 * stay for minutes. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
export const stillInUse: PassingRefusal = {
  is: ({ name }) => /^(DependencyViolation|InvalidIPAddress\.InUse|InvalidNetworkInterface\.InUse)$/.test(name),
  patienceMs: 10 * 60_000,
  pauseMs: 5_000,
  note: (_refusal, { message }) => `${message} Retrying in 5 s.`,
};

/** EC2 does not know a role that was just created: IAM is eventually consistent. */
export const roleUnknown: PassingRefusal = {
  is: ({ message }) => /unable to assume/i.test(message),
  patienceMs: 90_000,
  pauseMs: 3_000,
  note: (_refusal, { message }) => `${message} Retrying in 3 s.`,
};

/** A request to peer VPCs of two AWS regions is not known yet in the other one. */
export const notAskedYet: PassingRefusal = {
  is: ({ name, message }) =>
    name === "InvalidVpcPeeringConnectionID.NotFound" ||
    (name === "InvalidStateTransition" && message.includes("initiating-request")),
  patienceMs: 2 * 60_000,
  pauseMs: 3_000,
  note: (_refusal, { message }) => `${message} Retrying in 3 s.`,
};
