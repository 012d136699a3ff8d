import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { told } from "../../test/support/lint-files.ts";
import { inFolder, lintTree, readFolder } from "../../test/support/lint-tree.ts";
import { referees } from "../../test/support/referees.ts";
import { lintRead } from "../../test/support/lint-files.ts";
import { nonEmpty } from "../../test/support/non-empty.ts";

vi.setConfig({ testTimeout: 60_000 });

// Installs kubectl first on a machine that does not have it yet.
beforeAll(async () => void (await referees()), 180_000);

const probe = "{ httpGet: { path: /live, port: 8000 } }";
const probes = `livenessProbe: ${probe}, readinessProbe: ${probe}`;
const resources = "resources: { requests: { cpu: 1, memory: 1Gi }, limits: { cpu: 1, memory: 1Gi } }";
const healthy = `${probes}, ${resources}`;
const containerOf = (name: string, more = ""): string =>
  `{ name: ${name}, image: a, ports: [{ containerPort: 8000 }]${more === "" ? "" : `, ${more}`} }`;
const deployment = (more = healthy, name = "orders", replicas = 1): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: orders } }
  template:
    metadata: { labels: { app: orders } }
    spec:
      containers:
        - ${containerOf("app", more)}
`;
const patch = (container: string, name = "orders"): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  template:
    spec:
      containers:
        - ${container}
`;
const base = (content = deployment(), more = ""): Record<string, string> => ({
  "base/kustomization.yaml": `${more}resources: [deployment.yaml]\n`,
  "base/deployment.yaml": content,
});
const overlay = (more: string, name = "prod"): Record<string, string> => ({
  [`${name}/kustomization.yaml`]: `resources: [../base]\n${more}`,
});
const lines = async (files: Record<string, string>, path?: string): Promise<string[]> =>
  told(await lintTree(files, path === undefined ? {} : { path }));
const noReadiness = "fail workload/readiness: container app has no readinessProbe";
const noLiveness = "warn workload/liveness: container app has no livenessProbe";

describe("a Kustomize build", () => {
  it("A Kustomize build is checked with its overlay's additions, and its base is not checked on its own", async () => {
    const files = {
      ...base(deployment("image: a")),
      ...overlay("patches: [{ path: p.yaml }]\n"),
      "prod/p.yaml": patch(`{ name: app, ${healthy} }`),
    };
    expect(await lines({ ...files, "base/deployment.yaml": deployment(" ") })).toEqual([]);
  });

  it("A Kustomize build's finding names the overlay that lacks what others have", async () => {
    const budget =
      "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: a }\nspec: { maxUnavailable: 1, selector: { matchLabels: { app: orders } } }\n";
    const files = {
      ...base(deployment(healthy, "orders", 2)),
      "eu/kustomization.yaml": "resources: [../base, budget.yaml]\n",
      "eu/budget.yaml": budget,
      ...overlay("", "us"),
    };
    const replicas = "base/deployment.yaml:5 fail workload/disruption: has 2 replicas but no PodDisruptionBudget";
    expect(await lines(files)).toEqual([`${replicas} (in us)`]);
  });

  it("A Kustomize build includes what a patch adds by the name with a base's prefix, and lacks what it removes", async () => {
    const named = "patches: [{ path: p.yaml }]\n";
    const adds = { "prod/p.yaml": patch(`{ name: app, ${probes} }`, "web-orders") };
    expect(await lines({ ...base(deployment(resources), "namePrefix: web-\n"), ...overlay(named), ...adds })).toEqual(
      [],
    );
    const removes = {
      "prod/p.yaml": patch("{ name: app, livenessProbe: null, readinessProbe: null }", "web-orders"),
    };
    expect(await lines({ ...base(deployment(), "namePrefix: web-\n"), ...overlay(named), ...removes })).toEqual([
      `base/deployment.yaml:11 ${noLiveness}`,
      `base/deployment.yaml:11 ${noReadiness}`,
    ]);
  });

  it("A Kustomize build does not include an object that `$patch: delete` removes", async () => {
    const dropped =
      "patches:\n  - patch: |-\n      $patch: delete\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: { name: batch }\n";
    const files = {
      "base/kustomization.yaml": "resources: [orders.yaml, batch.yaml]\n",
      "base/orders.yaml": deployment(),
      "base/batch.yaml": deployment(resources, "batch", 3),
      ...overlay(dropped),
    };
    expect(await lines(files)).toEqual([]);
  });

  it("A Kustomize build includes the list that `$patch: replace` sets, and no container of that name", async () => {
    const replaced = patch("$patch: replace").trimEnd() + `\n        - ${containerOf("other", healthy)}\n`;
    const files = {
      ...base(deployment("image: a")),
      ...overlay("patches: [{ path: p.yaml }]\n"),
      "prod/p.yaml": replaced,
    };
    expect(await lines({ ...files, "base/deployment.yaml": deployment(" ") })).toEqual([]);
  });

  it("A Kustomize build is changed by a patch only if its label selector matches the object", async () => {
    const scaled = (selector: string): string =>
      `patches:\n  - target: { labelSelector: "${selector}" }\n    patch: |-\n      - { op: replace, path: /spec/replicas, value: 1 }\n`;
    const labelled = deployment(healthy, "orders", 2).replace(
      "{ name: orders }",
      "{ name: orders, labels: { tier: web } }",
    );
    expect(await lines({ ...base(labelled), ...overlay(scaled("tier=web")) })).toEqual([]);
    const kept = await lines({ ...base(labelled), ...overlay(scaled("tier=db")) });
    expect(kept).toEqual([
      "base/deployment.yaml:5 fail workload/disruption: has 2 replicas but no PodDisruptionBudget",
    ]);
  });

  it("A Kustomize build does not apply a file that is only the content of a ConfigMap", async () => {
    const files = {
      "kustomization.yaml":
        "resources: [deployment.yaml]\nconfigMapGenerator: [{ name: template, files: [pod.yaml, key=other.yaml] }]\n",
      "deployment.yaml": deployment(),
      "pod.yaml": deployment(" "),
      "other.yaml": deployment(" "),
    };
    expect(await lines(files)).toEqual([]);
  });

  it("A Kustomize build includes what an overlay's generator merges, at its source", async () => {
    const files = {
      "base/kustomization.yaml": "secretGenerator: [{ name: s, literals: [KEY=hunter2hunter2, OTHER=<later>] }]\n",
      "prod/kustomization.yaml":
        "resources: [../base]\nsecretGenerator:\n  - name: s\n    behavior: merge\n    envs: [p.env]\n    literals: [MORE=hunter2hunter2]\n",
      "prod/p.env": "# mine\nPASSWORD=hunter2hunter2\n",
    };
    expect(await lines(files)).toEqual([
      "base/kustomization.yaml:1 fail secret/manifest: has a value for KEY",
      "prod/kustomization.yaml:6 fail secret/manifest: has a value for MORE",
      "prod/p.env:2 fail secret/manifest: has a value for PASSWORD",
    ]);
  });

  it("A Kustomize build includes the values that generators read from literals and files, each reported where it is written", async () => {
    const key = "-----BEGIN PRIVATE KEY-----\nMIIEexample\n-----END PRIVATE KEY-----\n";
    const files = {
      "kustomization.yaml":
        "secretGenerator:\n  - name: db\n    envs: [db.env]\n  - name: tls\n    files: [tls.key]\n  - name: api\n    literals: [KEY=hunter2hunter2]\nconfigMapGenerator:\n  - name: settings\n    literals:\n      - MODE=a\n      - DB_PASSWORD=hunter2hunter2\n",
      "db.env": "# one\nDB_PASSWORD=hunter2hunter2\n",
      "tls.key": key,
    };
    expect(await lines(files)).toEqual([
      "db.env:2 fail secret/manifest: has a value for DB_PASSWORD",
      "kustomization.yaml:7 fail secret/manifest: has a value for KEY",
      "kustomization.yaml:12 fail secret/value: DB_PASSWORD contains a likely credential",
      "tls.key fail secret/manifest: has a value for tls.key",
    ]);
  });

  it("A Kustomize build includes bases outside the linted folder", async () => {
    const files = { ...base(deployment(resources)), ...overlay("") };
    expect(await lines(files, "prod")).toEqual([
      `base/deployment.yaml:11 ${noLiveness}`,
      `base/deployment.yaml:11 ${noReadiness}`,
    ]);
  });
});

describe("what a patch brings", () => {
  const added = patch(containerOf("exporter"));
  const withPatch = { ...base(), ...overlay("patches: [{ path: p.yaml }]\n"), "prod/p.yaml": added };

  it("A problem caused by a patch is reported at the patch", async () => {
    const found = await lines(withPatch);
    expect(found.map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
      "prod/p.yaml:8 warn workload/liveness:",
      "prod/p.yaml:8 fail workload/readiness:",
      "prod/p.yaml:8 fail workload/resources:",
    ]);
  });

  it("A problem caused by a patch is waived by a comment in the patch", async () => {
    const terms = "owner=team-shop expires=2027-01-31 reason=ends by itself";
    const waived = { ...withPatch, "prod/p.yaml": `${added}# gennet-waive: workload/liveness ${terms}\n` };
    expect((await lines(waived))[0]).toBe(
      "prod/p.yaml:8 skip workload/liveness: container exporter has no livenessProbe",
    );
  });

  it("A problem caused by a patch inside the kustomization is reported at the patch's line", async () => {
    const inline = `patches:\n  - patch: |-\n${added.replaceAll(/^/gm, "      ")}\n`;
    expect((await lines({ ...base(), ...overlay(inline) }))[0]).toContain("prod/kustomization.yaml:11 warn");
  });

  it("A problem caused by a JSON patch is reported at the operation, and one it moved at its own container", async () => {
    const operation = `- { op: add, path: /spec/template/spec/containers/0, value: ${containerOf("first", healthy)} }\n`;
    const target = "patches: [{ path: p.yaml, target: { kind: Deployment } }]\n";
    const moved = { ...base(deployment(resources)), ...overlay(target), "prod/p.yaml": operation };
    expect((await lines(moved))[0]).toBe(`base/deployment.yaml:11 ${noLiveness}`);
    const lacking = operation.replace(healthy, resources);
    expect((await lines({ ...moved, "prod/p.yaml": lacking }))[2]).toContain(
      "prod/p.yaml:1 warn workload/liveness: container first",
    );
  });

  it.each([
    ["the first container", "0/env", "app"],
    ["a later container", "1/env", "other"],
    ["a variable that is appended", "0/env/-", "app"],
  ])(
    "A problem caused by a JSON patch below an index is reported at the operation: %s",
    async (_, below, container) => {
      const variable = "{ name: DB_PASSWORD, value: hunter2-x }";
      const value = below.endsWith("-") ? variable : `[{ name: DB_NAME, value: orders }, ${variable}]`;
      const two = deployment().replace("- {", `- { env: [{ name: A, value: b }], `).trimEnd();
      const files = {
        ...base(`${two}\n        - ${containerOf("other", healthy)}\n`),
        ...overlay("patches: [{ path: p.yaml, target: { kind: Deployment } }]\n"),
        "prod/p.yaml": `# later\n- op: add\n  path: /spec/template/spec/containers/${below}\n  value: ${value}\n`,
      };
      expect(await lines(files)).toEqual([
        `prod/p.yaml:4 fail secret/value: container ${container}: DB_PASSWORD contains a likely credential`,
      ]);
    },
  );

  it("A problem is reported in the object's own document if a patch renames the object", async () => {
    const operation = "- { op: replace, path: /metadata/name, value: b }";
    const rename = `patches:\n  - target: { kind: Deployment }\n    patch: |-\n      ${operation}\n`;
    const found = await lines({ ...base(deployment(resources)), ...overlay(rename) });
    expect(found[0]).toBe(`base/deployment.yaml:11 ${noLiveness}`);
  });
});

describe("a build that Kustomize rejects", () => {
  it.each([
    [
      "a patch for an object that does not exist",
      "resources: [deployment.yaml]\npatches:\n  - patch: |-\n      apiVersion: apps/v1\n      kind: Deployment\n      metadata: { name: ordrs }\n",
      "kustomization.yaml:3",
      "no matches for Id Deployment.v1.apps/ordrs",
    ],
    [
      "a file that does not exist",
      "namePrefix: a-\nresources: [deployment.yml]\n",
      "kustomization.yaml:2",
      "no such file",
    ],
    [
      "a field that does not exist",
      "resource: [deployment.yaml]\n",
      "kustomization.yaml:1",
      'unknown field "resource"',
    ],
    [
      "a patch that is only a name",
      "resources: [deployment.yaml]\npatches:\n  - deployment.yaml\n",
      "kustomization.yaml:3",
      "cannot unmarshal string",
    ],
    ["an empty kustomization", "# later\n", "kustomization.yaml", "empty"],
  ])(
    "A build that Kustomize rejects fails at the entry, with Kustomize's own error: %s",
    async (_, kustomization, place, words) => {
      const found = await lines({ "kustomization.yaml": kustomization, "deployment.yaml": deployment() });
      const refused = found.filter((line) => line.includes("manifest/complete"));
      expect(refused).toHaveLength(1);
      expect(refused[0]).toContain(`${place} fail manifest/complete: Kustomize rejects the build: `);
      expect(refused[0]).toContain(words);
    },
  );

  it("A build fails for kustomizations that use each other", async () => {
    const files = { "a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n" };
    const found = await lines(files);
    expect(found).toHaveLength(2);
    for (const line of found) expect(line).toContain("cycle detected");
  });
});

describe("a build that gennet does not attempt", () => {
  it.each([
    ["a remote base", "resources: [../base, github.com/acme/base?ref=v1]", "would be fetched from the network"],
    ["a remote file", "resources: [../base, 'https://git.example/a.yaml']", "would be fetched from the network"],
    [
      "a remote patch",
      "resources: [../base]\npatches: [{ path: 'https://git.example/a.yaml' }]",
      "would be fetched from the network",
    ],
    [
      "a Helm chart",
      "resources: [../base]\nhelmCharts: [{ name: a, repo: 'https://charts.example' }]",
      "inflates a Helm chart",
    ],
    ["a plug-in", "resources: [../base]\ngenerators: [plug-in.yaml]", "runs a plug-in"],
    ["a base elsewhere", "resources: [../../../base]", "is outside the repository"],
    ["a template", "resources:\n{{- if a }}\n  - ../base\n{{- end }}\n", "the kustomization is a template"],
  ])(
    "A build that gennet does not attempt is unknown with the reason, whichever rules are selected: %s",
    async (_, kustomization, why) => {
      const plugin = "apiVersion: example.com/v1\nkind: Maker\nmetadata: { name: a }\n";
      const files = { ...base(), "prod/kustomization.yaml": kustomization, "prod/plug-in.yaml": plugin };
      const found = await lintTree(files, { only: ["mtls"] });
      const build = found.filter(({ id }) => id === "manifest/complete");
      expect(build.map(({ severity }) => severity)).toEqual(["unknown"]);
      expect(build[0]?.summary).toContain(why);
    },
  );

  it("A failed build leaves its own files to be checked, and what may be elsewhere unknown", async () => {
    const files = {
      ...base(deployment("image: a", "orders", 2)),
      "prod/kustomization.yaml": "resources: [../base, https://git.example/more]\n",
      "base/deployment.yaml": deployment(probes, "orders", 2),
    };
    const found = await lintTree(files);
    expect(found.map(({ id, severity }) => `${severity} ${id}`)).toEqual([
      "unknown workload/disruption",
      "fail workload/resources",
      "unknown manifest/complete",
    ]);
  });

  const remote = "https://git.example/more.yaml";
  const atRoot = (more: string): Record<string, string> => ({
    ...base(deployment(resources)),
    ...overlay("namespace: shop\npatches: [{ path: p.yaml }]\n"),
    "prod/p.yaml": patch(`{ name: app, ${probes} }`),
    "all/kustomization.yaml": `resources: [../prod, ${remote}]\n${more}`,
  });
  const complete = `all/kustomization.yaml:1 unknown manifest/complete: ${remote} would be fetched from the network, which gennet does not support`;

  it("A failed build has its parts built, which are checked as they are if nothing else changes them", async () => {
    expect(await lines(atRoot(""))).toEqual([complete]);
    const lax = { ...atRoot(""), "prod/p.yaml": patch("{ name: app, image: b }") };
    expect(await lines(lax)).toEqual([
      complete,
      `base/deployment.yaml:11 ${noLiveness}`,
      `base/deployment.yaml:11 ${noReadiness}`,
    ]);
  });

  it("A failed build leaves unknown what another kustomization may change in a part", async () => {
    const lax = { ...atRoot("namePrefix: a-\n"), "prod/p.yaml": patch("{ name: app, image: b }") };
    const found = await lines(lax);
    expect(found.filter((line) => line.includes(" unknown "))).toHaveLength(found.length);
    expect(found).toHaveLength(3);
  });

  it("Several failed builds that leave the same unknown for different reasons give one finding", async () => {
    const files = {
      ...atRoot("namePrefix: a-\n"),
      "prod/p.yaml": patch("{ name: app, image: b }"),
      "helm/kustomization.yaml": "namePrefix: a-\nresources: [../prod]\nhelmCharts: [{ name: a }]\n",
    };
    const found = (await lines(files)).filter((line) => line.includes("workload/"));
    expect(found).toHaveLength(2);
    for (const line of found) expect(line).toContain("unless this changes it: ");
  });

  it("A failed build has its largest possible parts built, even inside others that fail", async () => {
    const files = { ...atRoot(""), "top/kustomization.yaml": "resources: [../all]\n" };
    const found = nonEmpty(await lines(files));
    expect(found.filter((line) => !line.includes("manifest/complete"))).toEqual([]);
  });

  it("A failed build fails if Kustomize rejects one of its parts", async () => {
    const found = await lines({ ...atRoot(""), "prod/p.yaml": patch("{ name: app }", "ordrs") });
    expect(found.map((line) => line.split(" ").slice(0, 3).join(" "))).toContain(
      "prod/kustomization.yaml:3 fail manifest/complete:",
    );
  });

  it("A failed build reports each literal of a secretGenerator once, whether its part was built or not", async () => {
    const generator = "secretGenerator: [{ name: db, literals: [password=hunter2-x] }]\n";
    const count = async (files: Record<string, string>): Promise<string[]> =>
      (await lintTree(files, { only: ["secret/manifest"] }))
        .filter(({ id }) => id === "secret/manifest")
        .map(({ location }) => `${location.file}:${location.line}`);
    const prod = { "prod/kustomization.yaml": `resources: [../base]\n${generator}` };
    expect(await count({ ...base(), ...prod, "all/kustomization.yaml": `resources: [../prod, ${remote}]\n` })).toEqual([
      "prod/kustomization.yaml:2",
    ]);
    expect(
      await count({ ...base(), "all/kustomization.yaml": `resources: [../base, ${remote}]\n${generator}` }),
    ).toEqual(["all/kustomization.yaml:2"]);
  });

  it("An unused Component that does not build by itself is unknown", async () => {
    const component = {
      "part/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{ path: p.yaml }]\n",
      "part/p.yaml": patch(`{ name: app, ${probes} }`),
    };
    const found = await lintTree({ ...base(deployment(resources)), ...component });
    expect(found.map(({ id, severity }) => `${severity} ${id}`)).toContain("unknown manifest/complete");
    const used = { ...overlay("components: [../part]\n"), ...base(deployment(resources)), ...component };
    expect(await lintTree(used)).toEqual([]);
  });

  it("A build is unknown if there is no Kustomize, and the finding shows how to install it", async () => {
    const found = await lintTree(base(), { kustomize: false });
    expect(found.map(({ id, severity }) => `${severity} ${id}`)).toEqual(["unknown manifest/complete"]);
    expect(found[0]?.summary).toContain("neither kustomize nor kubectl is on the PATH");
    expect(found[0]?.fix).toContain("install kubectl");
  });

  it("A build is unknown if it would read a special file, or one that is far too large", async () => {
    await inFolder({ "kustomization.yaml": "configMapGenerator: [{ name: a, files: [big] }]\n" }, async (folder) => {
      await symlink("/dev/zero", join(folder, "big"));
      const ids = async (): Promise<string[]> =>
        lintRead(await readFolder(folder)).map(({ severity, summary }) => `${severity} ${summary}`);
      expect((await ids())[0]).toMatch(/^unknown big /);
      await rm(join(folder, "big"));
      await writeFile(join(folder, "big"), Buffer.alloc(33 * 1024 * 1024));
      expect(await ids()).toEqual(["unknown big is too large (33 MiB)"]);
    });
  });
});

describe("a kustomization file of Flux's kind", () => {
  it("A kustomization file of Flux's kind is a manifest like others, and builds nothing", async () => {
    const flux =
      "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: { name: a }\nspec: { path: ./apps }\n";
    expect(await lintTree({ "kustomization.yaml": flux })).toEqual([]);
  });
});

describe("a link", () => {
  it("A link to a manifest inside the folder is followed, one to the outside is not, and one to itself is harmless", async () => {
    await inFolder({ "real/deployment.txt": deployment(resources) }, async (folder) => {
      await mkdir(join(folder, "links"));
      await symlink("../real/deployment.txt", join(folder, "links/deployment.yaml"));
      await symlink("loop.yaml", join(folder, "links/loop.yaml"));
      await symlink("/etc/hostname", join(folder, "links/outside.yaml"));
      await symlink("..", join(folder, "links/up"));
      expect(told(lintRead(await readFolder(folder)))).toEqual([
        `links/deployment.yaml:11 ${noLiveness}`,
        `links/deployment.yaml:11 ${noReadiness}`,
      ]);
    });
  });
});
