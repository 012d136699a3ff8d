import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const awsCodes = {
  AWS_CREDENTIALS_MISSING: {
    exit: exit.denied,
    title: "There are no AWS credentials",
    explain:
      "Credentials come from the region's `profile` in gennet.yaml, or from the usual chain of the AWS SDK: variables, AWS_PROFILE, SSO, the machine's own role. None of them gave any. `aws sso login --profile NAME` logs in; `aws configure list` shows what the AWS tools see.",
  },
  AWS_CREDENTIALS_EXPIRED: {
    exit: exit.denied,
    title: "The AWS session has expired",
    explain:
      "Log in again with `aws sso login --profile NAME`, or renew the temporary keys in the environment, and run the same command again.",
  },
  AWS_CREDENTIALS_WRONG: {
    exit: exit.denied,
    title: "AWS does not know the credentials",
    explain:
      "The access key does not exist, was deactivated, or its secret is not right; a clock that is minutes off has the same effect. `aws configure list --profile NAME` shows where they come from.",
  },
  AWS_ACCOUNT_MISMATCH: {
    exit: exit.denied,
    title: "The AWS credentials are of another account",
    explain:
      "Before anything is written, AWS is asked who the credentials belong to, and the account must be the region's `accountId`. Set the region's `profile` or `roleArn` in gennet.yaml, or correct the `accountId`.",
  },
  AWS_DENIED: {
    exit: exit.denied,
    title: "AWS does not allow the call",
    explain:
      "The message names the call and AWS's reason. Allow the action in the IAM policies of the user or role, look for service control policies of the organization, or use another profile or role for the region.",
  },
  AWS_THROTTLED: {
    exit: exit.unreachable,
    title: "AWS kept throttling the call",
    explain:
      "The account makes more calls than AWS answers. The call was repeated with growing pauses and given up. What had been done stays; run the same command again in a minute. -v shows each repeat.",
  },
  AWS_UNREACHABLE: {
    exit: exit.unreachable,
    title: "AWS did not answer",
    explain:
      "No connection, no answer within --request-timeout, or an internal error on AWS's side. HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE are honoured, and AWS_ENDPOINT_URL, if set, is where calls go. Run the same command again.",
  },
  AWS_REJECTED: {
    exit: exit.unhealthy,
    title: "AWS refused the call",
    explain:
      "The call was understood and allowed but not done: a quota, a value AWS does not take, a thing in the wrong state. The message is AWS's own.",
  },
} as const satisfies ErrorCodes;
