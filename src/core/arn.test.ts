import { expect, it } from "vitest";
import { partitionOf } from "./arn.ts";

it.each([
  ["eu-west-1", "aws"],
  ["cn-north-1", "aws-cn"],
  ["us-gov-east-1", "aws-us-gov"],
  ["eusc-de-east-1", "aws-eusc"],
])("The region %s is in the partition %s", (region, partition) => expect(partitionOf(region)).toBe(partition));
