import { describe, expect, it } from "vitest";
import { payloadOf } from "../../test/support/external-reader.ts";
import { assertNotInFlight, secretObstacles } from "./obstacles.ts";

const description = { name: "s", arn: "a", rotatedByAws: false, tags: {}, versions: {}, replicas: [] };
const text = payloadOf("p/ss");
const bytes = payloadOf(Buffer.from([0xff]));

describe("the obstacles of a secret", () => {
  it.each([
    ["without obstacles", description, text, "rotate", []],
    ["owned by an AWS service", { ...description, owner: "rds" }, text, "rotate", ["managed by the AWS service rds"]],
    ["rotated by AWS", { ...description, rotatedByAws: true }, text, "rotate", ["AWS rotates it on a schedule"]],
    ["with a binary value", description, bytes, "rotate", ["its value is binary"]],
    ["with a binary value, in a roll-back", description, bytes, "rollback", []],
    ["without a value", description, undefined, "rotate", ["no AWSCURRENT value"]],
  ] as const)("The obstacles of a secret are found: %s", (_what, described, current, kind, expected) => {
    const found = secretObstacles("s", described, current, kind).map(({ summary }) => summary);
    expect(found).toEqual(expected.map((words) => expect.stringContaining(words)));
  });

  it("A secret with a pending version of another process is rejected, with a command that can be pasted", () => {
    const versions = { v1: ["AWSCURRENT"], v2: ["AWSPENDING"] };
    expect(() => assertNotInFlight("my secret", { ...description, versions })).toThrow(
      expect.objectContaining({
        code: "SECRET_ROTATION_IN_FLIGHT",
        next: expect.arrayContaining([expect.stringContaining("--secret-id 'my secret' ")]),
      }),
    );
  });
});
