import type { PassingRefusal } from "../passing-refusal.ts";

/**
 * EKS reports that a new role, or one of its policies, does not exist. IAM is eventually consistent.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html (changes are not always immediately visible)
 */
export const unknownRole: PassingRefusal = {
  is: ({ name, message }) =>
    /^(InvalidParameterException|InvalidRequestException)$/.test(name) && /\brole\b/i.test(message),
  patienceMs: 90_000,
  pauseMs: 3_000,
  note: ({ message }) => `EKS rejects the role: ${message} If the role is new, that passes; retrying in 3 s`,
};

/**
 * EKS performs one update of a cluster or node group at a time, none while it creates it, and its status does not show
 * every update. https://github.com/aws-controllers-k8s/community/issues/1192
 */
export const updateInProgress: PassingRefusal = {
  is: ({ name, message }) =>
    (name === "ResourceInUseException" && !/\battached\b/.test(message)) ||
    (name === "InvalidRequestException" && /\bnot in (the )?ACTIVE\b/.test(message)),
  patienceMs: 15 * 60_000,
  pauseMs: 15_000,
  note: () => "EKS is still performing another update; retrying in 15 s",
};
