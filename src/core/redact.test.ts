import { describe, expect, it } from "vitest";
import { redacted } from "./redact.ts";

describe("data without its secrets", () => {
  it.each([
    ["a Secret", { kind: "Secret", metadata: {}, data: { a: "cGw0" } }, { data: { a: "[redacted]" } }],
    ["a list", { kind: "SecretList", items: [{ data: { a: "x" } }] }, { items: [{ data: { a: "[redacted]" } }] }],
    ["a secret of Secrets Manager", { Name: "db", SecretString: "{}" }, { Name: "db", SecretString: "[redacted]" }],
    ["a binary secret of Secrets Manager", { SecretBinary: "cGw0" }, { SecretBinary: "[redacted]" }],
    [
      "secrets in a list",
      { SecretValues: [{ SecretString: "x" }] },
      { SecretValues: [{ SecretString: "[redacted]" }] },
    ],
    ["credentials of STS", { SecretAccessKey: "a", SessionToken: "b" }, { SecretAccessKey: "[redacted]" }],
    ["a parameter", { Type: "SecureString", Value: "x" }, { Value: "[redacted]" }],
    ["a token of EKS", { kind: "ExecCredential", status: { token: "k8s" } }, { status: { token: "[redacted]" } }],
    ["an address", { a: "postgres://o:hunter22@db" }, { a: "postgres://o:[redacted]@db" }],
    ["a Secret with a field toJSON", { kind: "Secret", metadata: {}, data: { a: "x" }, toJSON: "" }, { toJSON: "" }],
  ])("The values of %s are hidden", (_what, data, shown) => {
    expect(redacted(data)).toMatchObject(shown);
    expect(JSON.stringify(redacted(data))).toContain("[redacted]");
  });

  it("A parameter that is no secret stays", () => {
    expect(redacted({ Type: "String", Value: "x" })).toEqual({ Type: "String", Value: "x" });
  });
});
