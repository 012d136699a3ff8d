import { describe, expect, it } from "vitest";
import { killedAtEveryChange } from "../../../../test/support/killed-at-every-change.ts";
import { nonEmpty } from "../../../../test/support/non-empty.ts";
import { type StoreTrial, storeTrial } from "../../../../test/support/store-trial.ts";
import { registry } from "./registry.ts";
import { registryReplication, registryTemplate } from "./registry-replication.ts";

function trial(spec: object = {}): StoreTrial {
  const repositories = ["orders", "acme/billing"];
  return storeTrial([registry, registryTemplate, registryReplication], { registry: { repositories, ...spec } });
}

async function built(spec: object = {}): Promise<StoreTrial> {
  const cloud = trial(spec);
  await cloud.bootstrap();
  return cloud;
}

const foreign = { destinations: [{ awsRegion: "ap-south-1", accountId: "444455556666" }], prefixes: ["team/"] };

describe("the registry of the platform", () => {
  it("Repositories are in the primary region, with immutable tags, scans and a lifecycle policy", async () => {
    const cloud = await built();
    const repositories = [...(cloud.registries["eu"]?.repositories.values() ?? [])];
    expect(repositories.map(({ name }) => name)).toEqual(["acme/orders", "acme/billing"]);
    for (const repository of nonEmpty(repositories)) {
      expect(repository).toMatchObject({ immutableTags: true, scansOnPush: true, encryption: "AES256" });
      expect(repository.tags).toEqual({ "gennet:platform": "acme", "gennet:managed": "true" });
      expect(repository.lifecyclePolicy).toContain('"countNumber":14');
    }
    expect(cloud.registries["us"]?.repositories.size).toBe(0);
    expect(await cloud.pending()).toEqual({});
  });

  it("Images are copied to the other region, whose template has the settings that ECR does not copy", async () => {
    const cloud = await built();
    expect(cloud.registries["eu"]?.rules).toEqual([
      { destinations: [{ awsRegion: "us-east-1", accountId: "111122223333" }], prefixes: ["acme/"] },
    ]);
    expect(cloud.registries["us"]?.templates.get("acme")).toMatchObject({
      appliedFor: ["REPLICATION"],
      immutableTags: true,
    });
    expect(cloud.registries["eu"]?.templates.size).toBe(0);
  });

  it("Rules of others stay when the rule is added, and when it is removed", async () => {
    const cloud = trial();
    const own = cloud.registries["eu"];
    if (own === undefined) throw new Error("there is no registry");
    own.rules = [foreign];
    await cloud.bootstrap();
    expect(own.rules).toHaveLength(2);
    expect(own.rules).toContainEqual(foreign);
    await cloud.destroy();
    expect(own.rules).toEqual([foreign]);
  });

  it("Without replication, nothing is copied", async () => {
    const cloud = await built({ replicate: false });
    expect([cloud.registries["eu"]?.rules, cloud.registries["us"]?.templates.size]).toEqual([[], 0]);
  });

  it("A repository of the same name without the tags is refused", async () => {
    const cloud = await built();
    Object.assign(cloud.registries["eu"]?.repositories.get("acme/orders") ?? {}, { tags: { owner: "another-team" } });
    const before = cloud.ledger.count();
    expect((await cloud.pending())["platform/registry"]).toContain("acme/orders has no tags of gennet");
    await cloud.bootstrap();
    expect(cloud.ledger.count()).toBe(before);
  });

  it("A template of the same prefix that gennet did not create is not changed", async () => {
    const cloud = await built();
    const { templates } = cloud.registries["us"] ?? {};
    const template = templates?.get("acme");
    if (template === undefined) throw new Error("there is no template");
    templates?.set("acme", { ...template, description: "of another team", immutableTags: false });
    expect((await cloud.pending())["us/registry-template"]).toContain("gennet did not create");
  });
});

describe("a registry that differs from gennet.yaml", () => {
  it.each<readonly [field: string, facts: object]>([
    ["immutable tags", { immutableTags: false }],
    ["scan on push", { scansOnPush: false }],
    ["lifecycle policy", { lifecyclePolicy: undefined }],
  ])("A changed %s is found and changed back", async (field, facts) => {
    const cloud = await built();
    Object.assign(cloud.registries["eu"]?.repositories.get("acme/orders") ?? {}, facts);
    const pending = await cloud.pending();
    expect(pending).toEqual({
      "platform/registry": [expect.objectContaining({ target: "repository acme/orders", field })],
    });
    await cloud.bootstrap();
    expect(await cloud.pending()).toEqual({});
  });

  it("A rule without a destination of gennet.yaml is completed", async () => {
    const cloud = await built();
    const own = cloud.registries["eu"];
    if (own === undefined) throw new Error("there is no registry");
    own.rules = [{ destinations: foreign.destinations, prefixes: ["acme/"] }];
    expect(Object.keys(await cloud.pending())).toEqual(["platform/registry-replication"]);
    await cloud.bootstrap();
    expect(own.rules).toMatchObject([{ destinations: [{ awsRegion: "us-east-1" }] }]);
  });
});

describe("a run that is killed", () => {
  it("A run that is killed at any change is continued, and creates nothing twice", async () => {
    await killedAtEveryChange({
      begin: () => trial(),
      run: (cloud) => cloud.bootstrap(),
      moreThan: 5,
      compare: (cloud, whole) => expect(cloud.registries).toEqual(whole.registries),
    });
  });
});

describe("removing the registry", () => {
  /** Copies of the first repository, and a repository of others, in the other region. */
  async function copied(): Promise<{ readonly cloud: StoreTrial; readonly copies: ReadonlyMap<string, unknown> }> {
    const cloud = await built();
    const [original] = nonEmpty(cloud.registries["eu"]?.repositories.values() ?? []);
    const { repositories: copies = new Map<string, never>() } = cloud.registries["us"] ?? {};
    for (const name of [original.name, "acme/of-another-team"]) copies.set(name, { ...original, name, tags: {} });
    return { cloud, copies };
  }

  it("A repository of others that has the platform's prefix stays", async () => {
    const { cloud, copies } = await copied();
    await cloud.destroy();
    expect([...copies.keys()]).toEqual(["acme/of-another-team"]);
  });

  it.each<readonly [what: string, spec: Readonly<Record<string, unknown>>]>([
    ["the registry", {}],
    ["replication", { registry: { repositories: ["orders", "acme/billing"], replicate: false } }],
  ])(
    "Without %s in gennet.yaml, all repositories and copies stay: their images may be running",
    async (_what, spec) => {
      const { cloud, copies } = await copied();
      await cloud.with(spec).bootstrap();
      expect(cloud.registries["eu"]?.repositories.size).toBe(2);
      expect(copies.size).toBe(2);
      expect(cloud.registries["eu"]?.rules).toEqual([]);
      expect(await cloud.with(spec).pending()).toEqual({});
    },
  );

  it("Repositories, their copies, the rule and the template are removed", async () => {
    const cloud = await built();
    const [original] = nonEmpty(cloud.registries["eu"]?.repositories.values() ?? []);
    cloud.registries["us"]?.repositories.set(original.name, { ...original, tags: {} });
    await cloud.destroy();
    for (const { repositories, templates, rules } of nonEmpty(Object.values(cloud.registries))) {
      expect([repositories.size, templates.size, rules.length]).toEqual([0, 0, 0]);
    }
  });
});
