import { describe, expect, it } from "vitest";
import { findImage, isReference } from "../pods/image.ts";
import { upstreamImages } from "./images.ts";

const images = await upstreamImages({
  versions: {
    argocd: "3.5.7",
    istio: "1.31.0",
    nextIstio: "1.31.1",
    "external-secrets": "0.20.4",
    collector: "0.162.0",
    prometheus: "3.13.5",
    redis: "8.2.3-alpine",
  },
  find: async (program) => `/cache/${program}`,
  files: { mirror: "/files/mirror", images: "/files/images" },
  folder: "/sandbox/images",
  git: "/sandbox/git",
  aws: "http://aws:4566",
});

describe("upstreamImages", () => {
  it.each([
    ["quay.io/argoproj/argocd:v3.5.7", "/usr/local/bin/argocd-repo-server", "/cache/argocd"],
    ["quay.io/argoproj/argocd:v3.5.7", "/usr/local/bin/helm", "/cache/helm"],
    ["public.ecr.aws/docker/library/redis:8.2.3-alpine", "/usr/local/bin/redis-server", "/cache/valkey-server"],
    ["docker.io/istio/pilot:1.31.0", "/usr/local/bin/pilot-discovery", "/cache/pilot-discovery"],
    ["istio/proxyv2:1.31.0", "/usr/local/bin/envoy", "/cache/envoy"],
    ["docker.io/istio/pilot:1.31.1", "/usr/local/bin/pilot-discovery", "/cache/pilot-discovery"],
    ["ghcr.io/external-secrets/external-secrets:v0.20.4", "/bin/external-secrets", "/cache/external-secrets"],
    ["otel/opentelemetry-collector-k8s:0.162.0", "/otelcol-k8s", "/cache/collector"],
    ["quay.io/prometheus/prometheus:v3.13.5", "/bin/prometheus", "/cache/prometheus"],
  ])("The image %s has %s, which is %s", (name, path, program) => {
    expect(findImage(images, name)?.files?.[path]).toBe(program);
  });

  it("Every image has a valid name with the only tag that exists, and Istio's another one to upgrade to", () => {
    expect(images.length).toBeGreaterThan(10);
    expect(images.filter(({ name }) => !isReference(name))).toEqual([]);
    const others = images.filter(({ soleTag }) => soleTag !== true).map(({ name }) => name);
    expect(others.filter((name) => !/\/(pilot|proxyv2):1\.31\.1$/.test(name))).toEqual([]);
    expect(others).toHaveLength(6);
    expect(findImage(images, "docker.io/istio/pilot:1.99.0")).toBeUndefined();
    expect(findImage(images, "quay.io/argoproj/argocd:v9.9.9")).toBeUndefined();
  });

  it("Only Istio's proxy is an image that is injected, and only Argo CD's shares the Git repositories", () => {
    const istio = images.filter(({ injected }) => injected === true).map(({ name }) => name);
    expect(istio.length).toBeGreaterThan(0);
    expect(istio.filter((name) => !name.includes("/proxyv2:"))).toEqual([]);
    const sharing = images.filter(({ shares }) => shares !== undefined);
    expect(sharing.map(({ name, shares }) => [name, shares])).toEqual([
      ["quay.io/argoproj/argocd:v3.5.7", ["/sandbox/git"]],
    ]);
  });
});
