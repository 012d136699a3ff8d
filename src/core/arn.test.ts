import { partition } from "@aws-sdk/core/client";
import { expect, it } from "vitest";
import { partitionOf } from "./arn.ts";

/** A region of each partition that AWS has: https://docs.aws.amazon.com/general/latest/gr/rande.html */
const regions = [
  "eu-west-1",
  "us-east-1",
  "mx-central-1",
  "cn-north-1",
  "us-gov-east-1",
  "eusc-de-east-1",
  "us-iso-east-1",
  "us-isob-east-1",
  "eu-isoe-west-1",
  "us-isof-south-1",
];

it.each(regions)("%s is in the partition that AWS's SDK has for it", (region) => {
  expect(partitionOf(region)).toBe(partition(region).name);
});
