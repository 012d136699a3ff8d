import { describe, expect, it } from "vitest";
import { payloadOf } from "../../test/support/external-reader.ts";
import { assertNotInFlight, secretObstacles } from "./obstacles.ts";

const description = { name: "s", arn: "a", rotatedByAws: false, tags: {}, versions: {}, replicas: [] };
const text = payloadOf("p/ss");
const bytes = payloadOf(Buffer.from([0xff]));

describe("a secret cannot be rotated", () => {
  it.each([
    ["where nothing speaks against it", description, text, "rotate", []],
    ["that an AWS service owns", { ...description, owner: "rds" }, text, "rotate", ["managed by the AWS service rds"]],
    ["that AWS rotates", { ...description, rotatedByAws: true }, text, "rotate", ["AWS rotates it on a schedule"]],
    ["that is bytes", description, bytes, "rotate", ["its value is binary"]],
    ["whose bytes are to be rolled back", description, bytes, "rollback", []],
    ["without a value", description, undefined, "rotate", ["no AWSCURRENT value"]],
  ] as const)("%s", (_what, described, current, kind, expected) => {
    const found = secretObstacles("s", described, current, kind).map(({ summary }) => summary);
    expect(found).toEqual(expected.map((words) => expect.stringContaining(words)));
  });

  it("while a version is AWSPENDING that is not AWSCURRENT, and gives a command that can be pasted", () => {
    const versions = { v1: ["AWSCURRENT"], v2: ["AWSPENDING"] };
    expect(() => assertNotInFlight("my secret", { ...description, versions })).toThrow(
      expect.objectContaining({
        code: "SECRET_ROTATION_IN_FLIGHT",
        next: expect.arrayContaining([expect.stringContaining("--secret-id 'my secret' ")]),
      }),
    );
  });
});
