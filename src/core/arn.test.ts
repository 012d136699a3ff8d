import { partition as sdkPartition } from "@aws-sdk/core/client";
import { expect, it } from "vitest";
import { dnsSuffixOf, hostSuffixOf, partitionOf, viaServices } from "./arn.ts";

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
  expect(hostSuffixOf(region)).toBe(sdkPartition(region).dnsSuffix);
});

it("A service that uses a key has one name, or two where hosts have other names than service principals", () => {
  expect(viaServices("ec2", "cn-north-1")).toEqual(["ec2.cn-north-1.amazonaws.com.cn"]);
  expect(viaServices("ec2", "eusc-de-east-1")).toEqual([
    "ec2.eusc-de-east-1.amazonaws.com",
    "ec2.eusc-de-east-1.amazonaws.eu",
  ]);
});

// A role of the European Sovereign Cloud cannot trust ec2.amazonaws.eu: https://github.com/pulumi/pulumi-eks/issues/2341
it.each([
  ["eu-west-1", "amazonaws.com"],
  ["cn-north-1", "amazonaws.com.cn"],
  ["eusc-de-east-1", "amazonaws.com"],
])("Service principals of the region %s end with %s", (region, suffix) => expect(dnsSuffixOf(region)).toBe(suffix));
