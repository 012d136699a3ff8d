import { AppError } from "../../src/core/error.ts";
import type { Tags } from "../../src/aws/tags.ts";

/** Rejects a call with the message of an adapter: `AWS rejected EKS CreateCluster (ResourceInUseException): …`. */
export function refuse(action: string, code: string, message: string): never {
  throw new AppError("AWS_REJECTED", `AWS rejected ${action} (${code}): ${message}`);
}

/** Rejects a call unless `fits`. */
export function demand(fits: boolean, action: string, code: string, message: string): asserts fits {
  if (!fits) refuse(action, code, message);
}

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
export function demandTags(action: string, tags: Tags): void {
  const pattern = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
  const bad = Object.entries(tags).find(
    ([key, value]) =>
      key.length < 1 ||
      key.length > 128 ||
      value.length > 256 ||
      /^aws:/i.test(key) ||
      !pattern.test(key) ||
      !pattern.test(value),
  );
  demand(bad === undefined, action, "InvalidParameterValue", `the tag ${bad?.join("=")} is invalid`);
  demand(Object.keys(tags).length <= 50, action, "TagLimitExceeded", "there are more than 50 tags");
}

export interface Block {
  readonly base: number;
  readonly size: number;
  readonly prefix: number;
}

export function blockOf(cidr: string): Block {
  const [address = "", prefix = ""] = cidr.split("/");
  const base = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { base, size: 2 ** (32 - Number(prefix)), prefix: Number(prefix) };
}

export function isWithin(inner: Block, outer: Block): boolean {
  return inner.base >= outer.base && inner.base + inner.size <= outer.base + outer.size;
}

export function overlap(a: Block, b: Block): boolean {
  return a.base < b.base + b.size && b.base < a.base + a.size;
}
