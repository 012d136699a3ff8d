import { parse, parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import { nonEmpty } from "../../../test/support/non-empty.ts";
import { componentWorld } from "../../../test/support/platform-of-components.ts";
import { type RegionTrial, regionTrial } from "../../../test/support/region-trial.ts";
import { exit } from "../../core/exit.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { compareRegions } from "../region-plan.ts";
import { platformTree } from "./platform-tree.ts";

const world = componentWorld(undefined, {}, { graph: "neo4j", neo4j: { memoryGb: 8, storageGb: 100 } });
const components = { mirror: "https://git.example/mirror.git", tracing: { endpoint: "https://otlp.acme.example" } };

function objects(): readonly KubeObject[] {
  const text = platformTree(world).get("manifests/neo4j/objects.yaml") ?? "";
  return nonEmpty(parseAllDocuments(text)).map((document) => document.toJS() as KubeObject);
}

interface Variable {
  readonly name: string;
  readonly value?: string;
}

/** The fields of all kinds that a test looks at. */
interface Spec {
  readonly template: {
    readonly spec: {
      readonly containers: readonly { readonly env: readonly Variable[]; readonly resources: object }[];
    };
  };
  readonly data: readonly object[];
  readonly ingress: readonly object[];
  readonly egress: readonly {
    readonly to: readonly { readonly namespaceSelector: { readonly matchLabels: object } }[];
  }[];
}

function specOf(kind: string): Spec {
  return objects().find((object) => object.kind === kind)?.["spec"] as Spec;
}

function neo4jTrial(): RegionTrial {
  const trial = regionTrial();
  trial.edit((keys) => ({ ...keys, platform: components, stores: { graph: "neo4j" } }));
  return trial;
}

function siteOf({ sites }: RegionTrial): RegionTrial["sites"][number] {
  return sites[0] as RegionTrial["sites"][number];
}

async function secretOf(trial: RegionTrial): Promise<Readonly<Record<string, unknown>>> {
  const secrets = await siteOf(trial).cloud.aws.service("secrets");
  const version = await secrets.version("acme/eu/neo4j", { stage: "AWSCURRENT" }, new AbortController().signal);
  return JSON.parse(version?.value.reveal() ?? "{}") as Readonly<Record<string, unknown>>;
}

describe("Neo4j by GitOps", () => {
  it("Neo4j ends with its Application, when gennet.yaml does not ask for it any more", () => {
    const { metadata } = parse(platformTree(world).get("applications/neo4j.yaml") ?? "") as KubeObject;
    expect(metadata).toMatchObject({ finalizers: ["resources-finalizer.argocd.argoproj.io"] });
  });

  it("A region has one instance with a volume, in a namespace of the mesh that demands the restricted standard", () => {
    expect(objects().map(({ kind }) => kind)).toEqual([
      "ExternalSecret",
      "ServiceAccount",
      "PersistentVolumeClaim",
      "StatefulSet",
      "Service",
      "NetworkPolicy",
    ]);
    expect(specOf("StatefulSet")).toMatchObject({ replicas: 1 });
    expect(specOf("PersistentVolumeClaim")).toMatchObject({ resources: { requests: { storage: "100Gi" } } });
    const namespaces = platformTree(world).get("manifests/namespaces/objects.yaml") ?? "";
    expect(namespaces).toMatch(/name: neo4j\n(?: {2}.*\n)*? {4}istio-injection: enabled\n/);
  });

  it("Its memory is divided into heap, page cache and the rest", () => {
    const [container] = specOf("StatefulSet").template.spec.containers;
    const env = Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));
    expect(env).toMatchObject({
      NEO4J_server_memory_heap_max__size: "4096m",
      NEO4J_server_memory_pagecache_size: "2048m",
    });
    expect(container?.resources).toMatchObject({ limits: { memory: "8Gi" } });
  });

  it("Git has the name of the secret, and no password", () => {
    expect(specOf("ExternalSecret").data).toEqual([
      { secretKey: "password", remoteRef: { key: "acme/eu/neo4j", property: "password" } },
    ]);
    const [container] = specOf("StatefulSet").template.spec.containers;
    expect(container?.env.find(({ name }) => name === "NEO4J_AUTH")).toEqual({
      name: "NEO4J_AUTH",
      valueFrom: { secretKeyRef: { name: "neo4j", key: "auth" } },
    });
  });

  it("Its volume stays when its file is gone", () => {
    const claim = objects().find(({ kind }) => kind === "PersistentVolumeClaim");
    expect(claim?.metadata.annotations).toEqual({
      "argocd.argoproj.io/sync-options": "Prune=false,Delete=false",
      "argocd.argoproj.io/compare-options": "IgnoreExtraneous",
    });
  });

  it("Services reach its port from every namespace, and it reaches only name servers and istiod", () => {
    const { ingress, egress } = specOf("NetworkPolicy");
    expect(ingress[0]).toEqual({ from: [{ namespaceSelector: {} }], ports: [{ port: 7687 }] });
    const labels = egress.map(({ to }) => Object.values(to[0]?.namespaceSelector.matchLabels ?? {}));
    expect(labels).toEqual([["kube-system"], ["istio-system"]]);
  });

  it("A region without it has none of its files", () => {
    expect([...platformTree(componentWorld()).keys()].filter((path) => path.includes("neo4j"))).toEqual([]);
  });
});

describe("the login of Neo4j", () => {
  it("It is made before the files are committed, with the address, and stays the same in later runs", async () => {
    const trial = neo4jTrial();
    expect(await trial.bootstrap()).toMatchObject({ exit: exit.ok, codes: [] });
    const secret = await secretOf(trial);
    expect(secret).toMatchObject({
      username: "neo4j",
      password: expect.stringMatching(/^.{20,}$/),
      uri: "bolt://neo4j.neo4j.svc.cluster.local:7687",
    });
    const texts = [...(trial.repository.history().at(-1)?.files.values() ?? [])].join("");
    expect(texts).toContain("acme/eu/neo4j");
    expect(texts).not.toContain(String(secret["password"]));
    expect(await trial.pending()).toBe(0);
    await trial.bootstrap();
    expect(await secretOf(trial)).toEqual(secret);
  });

  it("A volume whose login is lost gets no new one, which would not fit", async () => {
    const trial = neo4jTrial();
    await trial.bootstrap();
    const { kube, cloud, world: worldNow } = siteOf(trial);
    kube.store({
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "neo4j", namespace: "neo4j" },
    });
    const { signal } = new AbortController();
    const secrets = await cloud.aws.service("secrets");
    const forgotten = { ...secrets, describe: async () => undefined };
    const aws = {
      ...cloud.aws,
      service: async (name: string) => (name === "secrets" ? forgotten : cloud.aws.service(name as never)),
    };
    const plan = await compareRegions([{ ...worldNow(), aws: aws as never }], signal);
    const change = plan.regions[0]?.changes.find(({ step }) => step === "neo4j-login");
    expect(change?.obstacle?.reason).toBe(
      "the data store exists, but its secret is missing: store its login under this name",
    );
  });
});
