import { expect, it } from "vitest";
import { isStandardFamily } from "./instance-family.ts";

it.each(["m7i.large", "t4g.medium", "im4gn.large", "c7gn.xlarge", "z1d.large", "i4i.large"])(
  "%s counts as a standard instance",
  (type) => expect(isStandardFamily(type)).toBe(true),
);

it.each([
  "g5.xlarge",
  "p5.48xlarge",
  "inf2.xlarge",
  "mac2.metal",
  "trn1.2xlarge",
  "x2idn.16xlarge",
  "u-6tb1.metal",
  "hpc7a.12xlarge",
  "dl1.24xlarge",
])("%s counts towards another quota", (type) => expect(isStandardFamily(type)).toBe(false));
