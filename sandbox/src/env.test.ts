import { describe, expect, it } from "vitest";
import { coreState as core, fullState as full } from "../../test/support/sandbox-states.ts";
import { parse } from "yaml";
import { environmentIn, sandboxEnvironment, platformOf } from "./env.ts";
import { platformSchema } from "../../src/platform/schema.ts";
import { sandboxFolder } from "./folders.ts";

const folder = sandboxFolder({ env: {}, home: "/home/me" }, "default");

describe("the environment of a sandbox", () => {
  it("The environment of a sandbox points to its AWS endpoint and its clusters, and bypasses proxies", () => {
    const { variables } = sandboxEnvironment(core, folder, { HTTPS_PROXY: "http://proxy:3128", PATH: "/bin" });
    expect(variables).toMatchObject({
      KUBECONFIG: folder.kubeconfig,
      AWS_REGION: "eu-west-1",
      no_proxy: "127.0.0.1,localhost",
    });
    expect(Object.keys(variables)).not.toContain("ARGOCD_SERVER");
    expect(Object.keys(variables)).not.toContain("PATH");
  });

  it("The environment of a full sandbox points argocd and istioctl to its first region, with its programs first on the PATH", () => {
    const region = full.regions[0]?.full;
    const { variables } = sandboxEnvironment(full, folder, { PATH: "/usr/bin:/bin" });
    expect(variables).toMatchObject({
      PATH: `${folder.bin}:/usr/bin:/bin`,
      ARGOCD_SERVER: `127.0.0.1:${region?.["argocd-server"].api}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${region?.collector.otlpHttp}`,
    });
    expect(sandboxEnvironment(full, folder, { PATH: variables["PATH"] }).variables["PATH"]).toBe(variables["PATH"]);
  });

  it("The environment of a process that uses a sandbox has the sandbox's variables and no other profile", () => {
    const env = environmentIn(core, folder, { AWS_PROFILE: "work", AWS_REGION: "us-east-1", HOME: "/home/me" });
    expect(env).toMatchObject({ AWS_REGION: "eu-west-1", HOME: "/home/me" });
    expect(env).not.toHaveProperty("AWS_PROFILE");
  });

  it("With upstream's images, the gennet.yaml has the platform and data stores, from the chart mirror and for this Envoy", () => {
    const image = { folder: "/a", entrypoint: [], cmd: [], env: {}, soleTag: true as const };
    const aws = { ...core.aws, accountId: "123456789012" };
    const state = { ...core, aws, images: [{ ...image, name: "quay.io/argoproj/argocd:v3.5.7" }] };
    const platform = parse(platformOf(state, folder)) as object;
    expect(platformSchema.parse(platform)).toMatchObject({
      gitops: { repository: `file://${folder.repository}` },
      platform: {
        mirror: `file://${folder.mirror}`,
        istio: { values: { telemetry: { enabled: false } } },
        probe: { image: "gennet:sandbox" },
      },
      stores: { postgres: { deletionProtection: false }, redis: {} },
      regions: [{ nodes: { mode: "auto" } }, { nodes: { mode: "auto" } }],
    });
    expect(parse(platformOf(core, folder))).not.toHaveProperty("platform");
    const { variables } = sandboxEnvironment(state, folder, { PATH: "/bin" });
    expect(variables["PATH"]).toBe(`${folder.bin}:/bin`);
  });

  it("The environment of a full sandbox has a gennet.yaml with its GitOps repository", () => {
    expect(parse(platformOf(core, folder))).not.toHaveProperty("gitops");
    expect(parse(platformOf(full, folder))).toMatchObject({ gitops: { repository: `file://${folder.repository}` } });
  });
});
