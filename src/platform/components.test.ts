import { expect, it } from "vitest";
import { AppError } from "../core/error.ts";
import { isManaged } from "./components-schema.ts";
import { parsePlatform } from "./parse.ts";
import type { Platform } from "./schema.ts";

const gitops = "gitops: {repository: https://git.acme.example/platform.git}\n";
const tracing = "tracing: {endpoint: https://otlp.acme.example:4318}";

function parsed(text: string): Platform {
  const region = `{name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu}`;
  return parsePlatform(`name: acme\ndomain: acme.example\n${text}regions: [${region}]\n`, "gennet.yaml");
}

it("Without a platform, no component is expected in a cluster", () => {
  expect(isManaged(parsed("").platform, "istio")).toBe(false);
});

it("A platform brings every component that is not external", () => {
  const { platform } = parsed(`${gitops}platform: {${tracing}, istio: external}\n`);
  expect(platform).toMatchObject({ istio: "external", externalSecrets: { values: {} }, metrics: {} });
  expect(isManaged(platform, "istio")).toBe(false);
  expect(isManaged(platform, "externalSecrets")).toBe(true);
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
