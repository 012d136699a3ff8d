import { expect, it } from "vitest";
import { sources } from "../programs/sources.ts";
import { readModule } from "../programs/program-module.ts";
import { upstreamVersions } from "./versions.ts";

it("Upstream's versions are those of the pinned modules, as images and charts write them", async () => {
  const versions = await upstreamVersions();
  expect(`v${versions.argocd}`).toBe(sources.argocd.version);
  expect(versions.istio).toMatch(/^1\.\d+\.\d+$/);
  expect(versions.collector).toMatch(/^0\.\d+\.\d+$/);
  // Prometheus 3 is v0.3NN as a Go module.
  expect(versions.prometheus).toMatch(/^3\.\d+\.\d+$/);
});

it.each(["istio", "argocd", "external-secrets"] as const)(
  "The charts and definitions of %s are those of its compiled program",
  async (name) => {
    const module = await readModule(name);
    expect(module.versionOf(sources[name].module)).toBe(sources[name].version);
  },
);
