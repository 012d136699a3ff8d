import { expect, it } from "vitest";
import { AppError } from "../core/error.ts";
import { parsePlatform } from "./parse.ts";
import type { Platform } from "./schema.ts";

const gitops = "gitops: {repository: https://git.acme.example/platform.git}\n";
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
  ["a misspelt component", `${gitops}platform: {${tracing}, istio: extern}\n`, 'expected "external"'],
])("gennet.yaml is invalid with %s", (_what, text, says) => {
  const failing = (): Platform => parsed(text);
  expect(failing).toThrow(AppError);
  expect(failing).toThrow(says);
});
