import { describe, expect, it } from "vitest";
import { secretVariables, textRedactor } from "./redact-text.ts";
import { SecretValue } from "./secret-value.ts";

const redact = textRedactor([new SecretValue("pl@nted value")]);
const pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----";
const keyLine = "MIIEowIBAAKCAQEAx1G5Q0mCzQv7yqk8b5M0gqkA2Xh9bQWm1fC8g3mJx9vT4wzk";

describe("text without its secrets", () => {
  it.each([
    ["a known value", "x pl@nted value y", "x [redacted] y"],
    ["its base64", Buffer.from("pl@nted value").toString("base64"), "[redacted]"],
    ["its form in an address", "?q=pl%40nted%20value", "?q=[redacted]"],
    ["a password in an address", "postgres://orders:hunter22@db/orders", "postgres://orders:[redacted]@db/orders"],
    ["a header", "Authorization: Bearer abc.def-ghi", "Authorization: Bearer [redacted]"],
    ["an assignment", "PGPASSWORD=hunter22 psql", "PGPASSWORD=[redacted] psql"],
    ["a field of JSON", '{"token": "hunter22"}', '{"token": "[redacted]"}'],
    ["a field in camel case", "clientSecret: hunter22", "clientSecret: [redacted]"],
    ["a flag", "login --api-key hunter22", "login --api-key [redacted]"],
    ["an AWS key", "AKIAIOSFODNN7EXAMPLE", "[redacted]"],
    ["a token of GitHub", "ghp_0123456789abcdef", "[redacted]"],
    ["a private key", pem, "-----BEGIN RSA PRIVATE KEY-----[redacted]-----END RSA PRIVATE KEY-----"],
    ["a line of a private key", keyLine, "[redacted]"],
  ])("%s is hidden", (_what, text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it.each([
    "secretName: orders-db",
    "tracking-id: payments:external-secrets.io/ExternalSecret:payments/api-key",
    "pod shop/orders-6c5f-x2x7q is ejected",
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "https://api.example:443/healthz",
    "secret acme/orders/db was rotated",
  ])("%s stays", (text) => {
    expect(redact(text)).toBe(text);
  });

  it("Variables of a process are known by their names", () => {
    const env = {
      AWS_SECRET_ACCESS_KEY: "0123456789",
      GITHUB_TOKEN: "short",
      HOME: "/home/ana-maria",
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
    };
    expect(secretVariables(env)).toEqual(["AWS_SECRET_ACCESS_KEY"]);
  });
});
