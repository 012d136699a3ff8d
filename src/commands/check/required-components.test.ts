import { describe, expect, it } from "vitest";
import { parsePlatform } from "../../platform/parse.ts";
import type { RequiredComponent } from "../../health/components/required-component.ts";
import { expectedComponents } from "../../region/components/components.ts";
import { requiredComponents } from "./required-components.run.ts";

function parsed(text: string, nodes = "auto") {
  const region = `{name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu, nodes: {mode: ${nodes}}}`;
  const platform = parsePlatform(`name: acme\ndomain: acme.example\n${text}regions: [${region}]\n`, "gennet.yaml");
  const [first] = platform.regions;
  if (first === undefined) throw new Error("no region");
  return { platform, region: first };
}

function required(text: string, nodes?: string): readonly RequiredComponent[] | undefined {
  const { platform, region } = parsed(text, nodes);
  return requiredComponents(platform, region)?.expected;
}

const gitops = (more = ""): string => `gitops: {repository: https://git.acme.example/platform.git${more}}\n`;
const whole = (more = ""): string => `platform: {tracing: {endpoint: https://otlp.acme.example}${more}}\n`;

describe("what a region must have inside its cluster", () => {
  it("Nothing is required without a platform in gennet.yaml", () => {
    expect(required(gitops())).toBeUndefined();
  });

  it.each(["auto", "managed"])("Everything that gennet brings with nodes %s is required by one check", (nodes) => {
    const all = required(gitops() + whole(), nodes) ?? [];
    const { platform, region } = parsed(gitops() + whole(), nodes);
    const brought = expectedComponents(platform, region);
    expect(all.flatMap(({ applications }) => applications).toSorted()).toEqual(
      brought.map(({ application }) => application).toSorted(),
    );
    const workloads = all.filter(({ name }) => name !== "argocd").flatMap((each) => each.workloads);
    expect(new Set(workloads)).toEqual(new Set(brought.flatMap((each) => each.workloads)));
    expect(new Set(all.map(({ isManaged }) => isManaged))).toEqual(new Set([true]));
  });

  it("Neo4j is required where gennet.yaml chooses it as the graph database", () => {
    const text = `${gitops()}${whole()}stores: {graph: neo4j}\n`;
    expect(required(text)?.find(({ name }) => name === "neo4j")).toEqual({
      name: "neo4j",
      isManaged: true,
      workloads: [{ kind: "StatefulSet", namespace: "neo4j", name: "neo4j" }],
      applications: ["platform-neo4j"],
    });
    expect(required(gitops() + whole())?.map(({ name }) => name)).not.toContain("neo4j");
  });

  it("Of an Argo CD that EKS runs, no workload is expected in the cluster", () => {
    const more = ', argocd: capability, capability: {identityCenter: "arn:aws:sso:::instance/ssoins-1"}';
    const argocd = required(gitops(more) + whole())?.find(({ name }) => name === "argocd");
    expect(argocd).toEqual({ name: "argocd", isManaged: true, workloads: [], applications: [] });
  });

  it("What gennet.yaml leaves to the team must be there, but gennet does not install it", () => {
    const external = ", istio: external, externalSecrets: external, metrics: external";
    const all = required(gitops(", argocd: external") + whole(external)) ?? [];
    const ofTeam = all.filter(({ isManaged }) => !isManaged);
    expect(ofTeam).toEqual(
      ["argocd", "istio", "external-secrets", "prometheus"].map((name) => ({
        name,
        isManaged: false,
        workloads: [],
        applications: [],
      })),
    );
  });
});
