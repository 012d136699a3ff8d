import { partition as sdkPartition } from "@aws-sdk/core/client";
import { expect, it } from "vitest";
import { dnsSuffixOf, partitionOf } from "./arn.ts";

/** A region of each partition that AWS has: https://docs.aws.amazon.com/general/latest/gr/rande.html */
it.each([
  ["eu-west-1", "aws"],
  ["us-east-1", "aws"],
  ["mx-central-1", "aws"],
  ["cn-north-1", "aws-cn"],
  ["us-gov-east-1", "aws-us-gov"],
  ["eusc-de-east-1", "aws-eusc"],
  ["us-iso-east-1", "aws-iso"],
  ["us-isob-east-1", "aws-iso-b"],
  ["us-isof-south-1", "aws-iso-f"],
  ["eu-isoe-west-1", "aws-iso-e"],
])("The region %s is in the partition %s, as AWS's SDK has it", (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
  expect(sdkPartition(region).name).toBe(partition);
});

// A role of the European Sovereign Cloud cannot trust ec2.amazonaws.eu: https://github.com/pulumi/pulumi-eks/issues/2341
it.each([
  ["eu-west-1", "amazonaws.com"],
  ["cn-north-1", "amazonaws.com.cn"],
  ["eusc-de-east-1", "amazonaws.com"],
])("Service principals of the region %s end with %s", (region, suffix) => expect(dnsSuffixOf(region)).toBe(suffix));
