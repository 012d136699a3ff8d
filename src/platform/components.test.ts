import { expect, it } from "vitest";
import { AppError } from "../core/error.ts";
import { parsePlatform } from "./parse.ts";
import type { Platform } from "./schema.ts";

const gitops = "gitops: {repository: https://git.acme.example/platform.git}\n";
const center = "arn:aws:sso:::instance/ssoins-1";
const tracing = "tracing: {endpoint: https://otlp.acme.example:4318}";

function parsed(text: string): Platform {
  const region = `{name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu}`;
  return parsePlatform(`name: acme\ndomain: acme.example\n${text}regions: [${region}]\n`, "gennet.yaml");
}

it("A gennet.yaml without a platform is valid, and has none", () => {
  expect(parsed("").platform).toBeUndefined();
});

it("A platform brings every component that is not external", () => {
  const { platform } = parsed(`${gitops}platform: {${tracing}, istio: external}\n`);
  expect(platform).toMatchObject({ istio: "external", externalSecrets: { values: {} }, metrics: {} });
});

it.each([
  ["a platform without a repository for it", `platform: {${tracing}}\n`, "gennet.yaml:3:11: platform: expected gitops"],
  ["a platform without an endpoint for its spans", `${gitops}platform: {}\n`, "platform.tracing"],
  [
    "EKS's Argo CD without an instance of IAM Identity Center",
    `gitops: {repository: r, argocd: capability}\nplatform: {${tracing}}\n`,
    "gennet.yaml:3:33: gitops.argocd: expected gitops.capability beside it",
  ],
  [
    "EKS's Argo CD without a platform that it installs",
    `gitops: {repository: r, argocd: capability, capability: {identityCenter: "${center}"}}\n`,
    "gennet.yaml:3:33: gitops.argocd: expected `platform` in gennet.yaml beside it",
  ],
  [
    "settings of an Argo CD that EKS does not run",
    `gitops: {repository: r, capability: {identityCenter: "${center}"}}\nplatform: {${tracing}}\n`,
    "gennet.yaml:3:37: gitops.capability: expected gitops.argocd: capability beside it",
  ],
  [
    "a group of IAM Identity Center by its name",
    `gitops: {repository: r, argocd: capability, capability: {identityCenter: "${center}", roles: {admin: {groups: [admins]}}}}\nplatform: {${tracing}}\n`,
    "expected the ID of a user or a group in IAM Identity Center",
  ],
  ["a misspelt component", `${gitops}platform: {${tracing}, istio: extern}\n`, 'expected "external"'],
])("gennet.yaml is invalid with %s", (_what, text, says) => {
  const failing = (): Platform => parsed(text);
  expect(failing).toThrow(AppError);
  expect(failing).toThrow(says);
});
