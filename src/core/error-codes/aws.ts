import { exit } from "../exit.ts";
import type { ErrorCodes } from "./facts.ts";

export const awsCodes = {
  AWS_CREDENTIALS_MISSING: {
    exit: exit.denied,
    title: "No AWS credentials found",
    explain:
      "gennet takes credentials from the region's `profile` in gennet.yaml, or from the default chain of the AWS SDK: environment variables, AWS_PROFILE, SSO, the machine's role. None of them provided any. Log in with `aws sso login --profile NAME`. `aws configure list` shows what the AWS tools find.",
  },
  AWS_CREDENTIALS_EXPIRED: {
    exit: exit.denied,
    title: "The AWS session has expired",
    explain:
      "Log in again with `aws sso login --profile NAME`, or renew the temporary keys in the environment, and run the same command again.",
  },
  AWS_CREDENTIALS_WRONG: {
    exit: exit.denied,
    title: "AWS rejected the credentials",
    explain:
      "The access key does not exist, is inactive, or its secret is wrong. A clock that is several minutes off has the same effect. `aws configure list --profile NAME` shows where the credentials come from.",
  },
  AWS_ACCOUNT_MISMATCH: {
    exit: exit.denied,
    title: "The AWS credentials belong to a different account",
    explain:
      "Before writing anything, gennet asks AWS which account the credentials belong to. It must be the region's `accountId`. Set the region's `profile` or `roleArn` in gennet.yaml, or correct the `accountId`.",
  },
  AWS_DENIED: {
    exit: exit.denied,
    title: "AWS denied permission for the call",
    explain:
      "The message names the call and AWS's reason. Allow the action in the IAM policies of the user or role, check the organization's service control policies, or use another profile or role for the region.",
  },
  AWS_THROTTLED: {
    exit: exit.unreachable,
    title: "AWS kept throttling the call",
    explain:
      "The account makes more calls than AWS allows. gennet retried with increasing delays and gave up. Completed changes stay in place; run the same command again in a minute. -v shows each retry.",
  },
  AWS_UNREACHABLE: {
    exit: exit.unreachable,
    title: "AWS did not answer",
    explain:
      "There was no connection, no response within --request-timeout, or an internal error in AWS. gennet honours HTTPS_PROXY, NO_PROXY and AWS_CA_BUNDLE, and sends calls to AWS_ENDPOINT_URL if it is set. Run the same command again.",
  },
  AWS_REJECTED: {
    exit: exit.unhealthy,
    title: "AWS rejected the call",
    explain:
      "AWS understood and authorized the call but did not execute it, for example because of a quota, an invalid value, or a resource in the wrong state. The message is from AWS.",
  },
} as const satisfies ErrorCodes;
