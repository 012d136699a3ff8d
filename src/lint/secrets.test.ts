import { describe, expect, it } from "vitest";
import { lintFiles, told } from "../../test/support/lint-files.ts";

const ids = (content: string): string[] => told(lintFiles({ "a.yaml": content }, { only: ["secret"] }));
const secret = (body: string, labels = "{}"): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: { name: a, labels: ${labels} }\n${body}\n`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("a Secret in a manifest", () => {
  it("A Secret in a manifest fails for every value, and never shows it", () => {
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
    [
      "a placeholder",
      'stringData: { a: REPLACE_ME, b: "<token>", c: "${TOKEN}", d: "**token goes here**", e: p-XXXX }',
    ],
    ["an encoded placeholder", `data: { key: ${base64("REPLACE_ME")} }`],
    ["SOPS", "stringData: { key: abc }\nsops: { version: 3.9.0 }"],
    [
      "a file that SOPS encrypted",
      `data: { a.yaml: ${base64("a: ENC[AES256_GCM,data:x]\nsops:\n  version: 3.9.0\n")} }`,
    ],
    ["JSON that SOPS encrypted", `data: { a.json: ${base64('{"a":"ENC[AES256_GCM,data:x]","sops":{}}')} }`],
    [
      "variables that SOPS encrypted",
      `data: { A: ${base64("ENC[AES256_GCM,data:x]")}, sops_mac: ${base64("ENC[AES256_GCM,data:y]")}, sops_version: ${base64("3.9.0")} }`,
    ],
    ["a file of age", `data: { a: ${base64("-----BEGIN AGE ENCRYPTED FILE-----\nabc\n")} }`],
    ["Ansible's vault", `data: { a: ${base64("$ANSIBLE_VAULT;1.1;AES256\n6162\n")} }`],
    [
      "a public certificate",
      `data: { ca.crt: ${base64("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")} }`,
    ],
  ])("A Secret in a manifest is clean with %s", (_, body) => {
    expect(ids(secret(body))).toEqual([]);
  });

  it("A Secret in a manifest fails for a plain value next to what SOPS encrypted", () => {
    const body = "stringData: { A: hunter2, sops_mac: 'ENC[AES256_GCM,data:y]', sops_version: 3.9.0 }";
    expect(ids(secret(body))).toEqual(["a.yaml:4 fail secret/manifest: has a value for A"]);
    const file = base64("a: hunter2\nb: ENC[AES256_GCM,data:x]\n");
    expect(ids(secret(`data: { a.txt: ${file} }`))).toHaveLength(1);
  });

  it("A Secret in a manifest may contain Argo CD's settings, but not its passwords", () => {
    const body = "stringData: { type: git, url: https://git.example/a, password: hunter2 }";
    expect(ids(secret(body, "{ argocd.argoproj.io/secret-type: repository }"))).toEqual([
      "a.yaml:4 fail secret/manifest: has a value for password",
    ]);
  });

  it("A Secret counts if Kustomize generates it", () => {
    const kustomization =
      "secretGenerator:\n  - name: db\n    literals: [user=app, password=hunter2, later=changeme]\n";
    expect(told(lintFiles({ "a/kustomization.yaml": kustomization }))).toEqual([
      "a/kustomization.yaml:3 fail secret/manifest: has a value for user",
      "a/kustomization.yaml:3 fail secret/manifest: has a value for password",
      "a/kustomization.yaml:3 warn secret/manifest: the value of later is a default that should be changed; until then, it is the credential",
    ]);
  });
});

describe("Argo CD's Secret for a cluster", () => {
  const cluster = (config: unknown): string =>
    secret(
      `stringData:\n  name: eu\n  server: https://0123.gr7.eu-west-1.eks.amazonaws.com\n  config: '${JSON.stringify(config)}'`,
      "{ argocd.argoproj.io/secret-type: cluster }",
    );
  const tlsClientConfig = { insecure: false, caData: "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==" };

  it.each([
    [
      "an IAM role",
      { awsAuthConfig: { clusterName: "eu", roleARN: "arn:aws:iam::111122223333:role/a" }, tlsClientConfig },
    ],
    ["a client certificate without its key", { tlsClientConfig: { ...tlsClientConfig, certData: "LS0tLS1CRUdJTg==" } }],
    [
      "a workload identity",
      {
        execProviderConfig: {
          command: "argocd-k8s-auth",
          args: ["azure"],
          env: { AAD_LOGIN_METHOD: "workloadidentity" },
        },
        tlsClientConfig,
      },
    ],
    ["a placeholder", { bearerToken: "<authentication token>", tlsClientConfig }],
  ])("Argo CD's Secret for a cluster contains no credential with %s", (_, config) => {
    expect(ids(cluster(config))).toEqual([]);
    expect(
      ids(secret(`data: { config: ${base64(JSON.stringify(config))} }`, "{ argocd.argoproj.io/secret-type: cluster }")),
    ).toEqual([]);
  });

  it.each([
    ["a token", { bearerToken: "hunter2", tlsClientConfig }],
    ["a password", { username: "admin", password: "hunter2" }],
    ["a key", { tlsClientConfig: { ...tlsClientConfig, keyData: "LS0tLS1CRUdJTg==" } }],
    [
      "a variable",
      { execProviderConfig: { command: "login", env: { SERVICE_CREDENTIAL: "hunter2" } }, tlsClientConfig },
    ],
    ["an argument", { execProviderConfig: { command: "login", args: ["--token=hunter2hunter2"] } }],
  ])("Argo CD's Secret for a cluster fails with %s", (_, config) => {
    expect(ids(cluster(config))).toEqual(["a.yaml:7 fail secret/manifest: has a value for config"]);
  });
});

describe("a configuration file in a Secret", () => {
  it("A configuration file in a Secret is a warning if it contains nothing like a credential, and fails otherwise", () => {
    const file = (line: string): string =>
      secret(`stringData:\n  alertmanager.yaml: |\n    route: { receiver: ops }\n    ${line}`);
    expect(ids(file("receivers: [{ name: ops }]"))).toEqual([
      "a.yaml:5 warn secret/manifest: has a value for alertmanager.yaml, which contains nothing like a credential",
    ]);
    expect(ids(file("global: { smtp_auth_password: hunter2 }"))[0]).toContain("fail secret/manifest");
  });
});
