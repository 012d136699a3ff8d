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
    ["a private key that is cut", pem.slice(0, 40), "-----BEGIN RSA PRIVATE KEY-----[redacted]"],
    ["the key of a kubeconfig", "client-key-data: LS0tLS1CRUdJTg==", "client-key-data: [redacted]"],
    ["a token in three parts", "x eyJhbGciOiJI.eyJzdWIiOiIx.c2ln y", "x [redacted] y"],
    ["a line that is too long to be searched", `a\n${"b".repeat(2 << 20)}\nc`, "a\n[redacted]\nc"],
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

  it.each(["-", "a.a.a.", "eyJ", "eyJ-", "QUJDk9+/", "token:", "://", "-----BEGIN PRIVATE KEY-----"])(
    "A secret after 1 MB of %s is hidden",
    (part) => {
      const text = `${part.repeat(Math.ceil(1_000_000 / part.length))}\npl@nted value ghp_0123456789abcdef`;
      expect(redact(text)).not.toMatch(/pl@nted|ghp_/);
    },
  );

  it("Each line of a known value is hidden, as output comes line by line", () => {
    const lines = textRedactor([new SecretValue("pl4nted first\n  pl4nted second\r\n\n  \nx\n")]);
    expect(lines("  pl4nted second")).toBe("  [redacted]");
    expect(lines("a pl4nted first b")).toBe("a [redacted] b");
    expect(lines("x    y")).toBe("x    y");
  });

  it("The current folder, and paths of files with secrets, are not secret", () => {
    const value = "/home/ana/shop";
    const paths = ["PWD", "OLDPWD", "GIT_ASKPASS", "AWS_WEB_IDENTITY_TOKEN_FILE", "TOKEN_PATH", "SUPWDX"];
    const secrets = ["DB_PWD", "PWD_DB", "DB_PASSWORD", "SSHPASS"];
    expect(secretVariables(Object.fromEntries([...paths, ...secrets].map((name) => [name, value])))).toEqual(secrets);
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
