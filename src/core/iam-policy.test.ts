import { describe, expect, it } from "vitest";
import { isTrusted, policyOf, type PolicyStatement, statementsOf, trustOf } from "./iam-policy.ts";

const read: PolicyStatement = { Effect: "Allow", Action: ["s3:GetObject", "s3:List*"], Resource: "arn:aws:s3:::a" };

describe("the statements of a policy in words", () => {
  it.each<readonly [string, PolicyStatement]>([
    ["in another order", { ...read, Action: ["s3:List*", "s3:GetObject"] }],
    ["with a list of one", { ...read, Resource: ["arn:aws:s3:::a"] }],
    ["with a name", { ...read, Sid: "Read" }],
  ])("A statement means the same %s", (_how, other) => {
    expect(statementsOf(policyOf(other))).toEqual(["s3:GetObject, s3:List* on arn:aws:s3:::a"]);
    expect(statementsOf({ Version: "2012-10-17", Statement: other })).toEqual(statementsOf(policyOf(read)));
  });

  it.each<readonly [string, PolicyStatement]>([
    ["an effect", { ...read, Effect: "Deny" }],
    ["a condition", { ...read, Condition: { Bool: { "aws:SecureTransport": "true" } } }],
    ["a principal", { ...read, Principal: "*" }],
    ["another resource", { ...read, Resource: "*" }],
  ])("A statement differs by %s", (_what, other) => {
    expect(statementsOf(policyOf(other))).not.toEqual(statementsOf(policyOf(read)));
  });

  it("A condition is compared without the order of its keys", () => {
    const one = { StringEquals: { a: "1", b: ["2"] }, Bool: { c: "true" } };
    const other = { Bool: { c: "true" }, StringEquals: { b: "2", a: "1" } };
    const [first, second] = [one, other].map((Condition) => statementsOf(policyOf({ ...read, Condition })));
    expect(first).toEqual(second);
  });
});

describe("the service that a role trusts", () => {
  it("Only the service in an allowing statement is trusted", () => {
    const trust = trustOf("eks.amazonaws.com", ["sts:AssumeRole"]);
    expect(statementsOf(trust)).toEqual(["eks.amazonaws.com: sts:AssumeRole"]);
    expect(["eks", "ec2"].map((name) => isTrusted(trust, `${name}.amazonaws.com`))).toEqual([true, false]);
    const denied = policyOf({ Effect: "Deny", Principal: { Service: "eks.amazonaws.com" }, Action: "*" });
    expect(isTrusted(denied, "eks.amazonaws.com")).toBe(false);
  });
});
