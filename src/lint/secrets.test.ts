import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const ids = (content: string): string[] => told(lintFiles({ "a.yaml": content }, { only: ["secret"] }));
const secret = (body: string, labels = "{}"): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: a, labels: ${labels} }\n${body}\n`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a Secret in a manifest", () => {
  it("fails for every value, and never shows it", () => {
    const findings = lintFiles({
      "a.yaml": secret(`data: { key: ${base64("hunter2")} }\nstringData: { token: s3cr3t-value }`),
    });
    expect(told(findings)).toEqual([
      "a.yaml:4 fail secret/manifest: has a value for key",
      "a.yaml:5 fail secret/manifest: has a value for token",
    ]);
    expect(JSON.stringify(findings)).not.toMatch(new RegExp(`hunter2|s3cr3t|${base64("hunter2")}`));
  });

  it.each([
    ["nothing", "type: Opaque"],
    ["an empty value", 'data: { key: "" }'],
    ["a placeholder", 'stringData: { a: changeme, b: "<token>", c: "${TOKEN}", d: "**token goes here**", e: p-XXXX }'],
    ["an encoded placeholder", `data: { key: ${base64("REPLACE_ME")} }`],
    ["SOPS", "stringData: { key: abc }\nsops: { version: 3.9.0 }"],
    [
      "a public certificate",
      `data: { ca.crt: ${base64("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")} }`,
    ],
  ])("is well with %s", (_, body) => {
    expect(ids(secret(body))).toEqual([]);
  });

  it("may hold Argo CD's settings, but not its passwords", () => {
    const body = "stringData: { type: git, url: https://git.example/a, password: hunter2 }";
    expect(ids(secret(body, "{ argocd.argoproj.io/secret-type: repository }"))).toEqual([
      "a.yaml:4 fail secret/manifest: has a value for password",
    ]);
  });

  it("counts where Kustomize makes it", () => {
    const kustomization =
      "secretGenerator:\n  - name: db\n    literals: [user=app, password=hunter2, later=changeme]\n";
    expect(told(lintFiles({ "a/kustomization.yaml": kustomization }))).toEqual([
      "a/kustomization.yaml:3 fail secret/manifest: has a value for user",
      "a/kustomization.yaml:3 fail secret/manifest: has a value for password",
    ]);
  });
});

describe("a credential elsewhere", () => {
  const pod = (name: string, value: string): string =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec:\n  containers:\n    - name: app\n      env:\n        - { name: ${name}, value: ${JSON.stringify(value)} }\n`;

  it.each([
    ["DB_PASSWORD", "hunter2"],
    ["API_KEY", "0123456789abcdef"],
    ["DATABASE_URL", "postgresql://app:hunter2@db.shop.svc/orders"],
    ["ANYTHING", `AKIA${"A".repeat(16)}`],
  ])("%s fails, and is not shown", (name, value) => {
    const findings = lintFiles({ "a.yaml": pod(name, value) }, { only: ["secret"] });
    expect(findings.map(({ id }) => id)).toEqual(["secret/value"]);
    expect(JSON.stringify(findings)).not.toContain(value);
  });

  it.each([
    ["DB_PASSWORD", "$(OTHER)"],
    ["DB_PASSWORD", "changeme"],
    ["DB_PASSWORD_FILE", "/run/secrets/db"],
    ["VAULT_TOKEN", "/var/run/token"],
    ["REQUIRE_TOKEN", "true"],
    ["DATABASE_URL", "postgresql://app:$(PASSWORD)@db/orders"],
    ["TOKEN_URL", "https://login.example/token"],
    ["MONKEY", "banana"],
  ])("%s: %s is none", (name, value) => {
    expect(ids(pod(name, value))).toEqual([]);
  });

  it("is found in a ConfigMap", () => {
    const config = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  url: redis://:hunter2@cache/0\n";
    expect(ids(config)).toEqual(["a.yaml:5 fail secret/value: url holds a password in an address"]);
  });
});
