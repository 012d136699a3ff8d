import { posix } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { nonEmpty } from "../../test/support/non-empty.ts";
import { type Answers, render } from "./render.ts";
import { shippedTemplate } from "./shipped-template.ts";

interface SecretKey {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

interface Variable {
  readonly name: string;
  readonly valueFrom?: { readonly secretKeyRef: SecretKey };
}

interface Container {
  readonly image: string;
  readonly env: readonly Variable[];
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: object };
  readonly spec: Readonly<Record<string, unknown>>;
}

interface Workload extends Manifest {
  readonly spec: {
    readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: { readonly containers: readonly [Container] };
    };
  };
}

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly { readonly name: string }[];
  readonly patches: readonly { readonly path: string }[];
}

const template = await shippedTemplate("fastapi-service");
const stores = ["postgres", "redis", "neo4j"];
const combinations = Array.from({ length: 2 ** stores.length }, (_, bits) =>
  stores.filter((_store, at) => (bits & (1 << at)) !== 0),
);
const alone: Answers = { name: "order-intake", domain: "shop", owner: "team-shop", regions: [] };
const onPlatform: Answers = {
  ...alone,
  regions: ["eu", "no"],
  depends_on: ["y", "pay-out"],
  called_by: ["n", "web"],
  platform: "acme",
  gitops_repository: "https://git.acme.example/platform.git",
  gitops_branch: "main",
  gitops_path: "services/order-intake",
};
const services = [alone, onPlatform].flatMap((answers) => combinations.map((features) => ({ ...answers, features })));

describe.each(services)("the delivery of a service in $regions with $features", (answers) => {
  const files = render(template, answers).filter(({ path }) => path.startsWith("deploy/"));
  const paths = files.map(({ path }) => path);
  /** Kustomize reads YAML 1.1, where `no` is false. */
  const read = (path: string): unknown => {
    const found = files.find((file) => file.path === path);
    if (found === undefined) throw new Error(`There is no ${path}.`);
    return parse(found.content, { version: "1.1" });
  };
  const inBase = paths.filter((path) => posix.dirname(path) === "deploy/base" && !path.endsWith("/kustomization.yaml"));
  const objects = inBase.map((path) => read(path) as Manifest);
  const deployment = read("deploy/base/deployment.yaml") as Workload;
  const migration = objects.find(({ kind }) => kind === "Job") as Workload | undefined;
  const secretsOf = ({ spec }: Workload): Variable[] =>
    spec.template.spec.containers[0].env.filter(({ valueFrom }) => valueFrom !== undefined);

  it("The delivery has a base with everything, which sets its namespace and labels", () => {
    const { resources, ...own } = read("deploy/base/kustomization.yaml") as Kustomization;
    expect(resources.map((name) => `deploy/base/${name}`).toSorted()).toEqual(inBase);
    expect(own).toMatchObject({
      namespace: answers.name,
      labels: [{ pairs: { "app.kubernetes.io/name": answers.name, "app.kubernetes.io/part-of": answers.domain } }],
    });
    const others = objects.filter(({ kind }) => kind !== "Namespace");
    expect(others.map(({ metadata }) => metadata).filter(({ namespace, labels }) => namespace ?? labels)).toEqual([]);
    expect(new Set(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).size).toBe(objects.length);
  });

  it("The delivery has an overlay for each region, with its name and a tag that a deploy changes", () => {
    const overlays = answers.regions.map((region) => `deploy/overlays/${region}`);
    expect(paths.filter((path) => path.startsWith("deploy/overlays/")).map(posix.dirname)).toEqual(
      overlays.flatMap((overlay) => [overlay, overlay]),
    );
    const written = overlays.map((overlay) => {
      const { resources, images, patches } = read(`${overlay}/kustomization.yaml`) as Kustomization;
      const { kind, metadata, spec } = read(posix.join(overlay, patches[0]?.path ?? "")) as Workload;
      const paths = resources.map((path) => posix.join(overlay, path));
      return { paths, images, kind, name: metadata.name, containers: spec.template.spec.containers };
    });
    expect(written).toEqual(
      answers.regions.map((value) => ({
        paths: ["deploy/base"],
        images: [{ name: answers.name, newTag: "0.1.0" }],
        kind: "Deployment",
        name: answers.name,
        containers: [{ name: "app", env: [{ name: "APP_REGION", value }] }],
      })),
    );
    for (const { spec } of [deployment, ...(migration === undefined ? [] : [migration])]) {
      expect(spec.template.spec.containers.map(({ image }) => image)).toEqual([`${answers.name}:0.1.0`]);
    }
  });

  it("The delivery has a secret for each store, from which its pods take every login", () => {
    const secrets = objects.filter(({ kind }) => kind === "ExternalSecret");
    const read = secrets.map(({ metadata, spec }) => [metadata.name, spec["dataFrom"]]);
    expect(secrets).toHaveLength(answers.features.length);
    const wanted = answers.features.map((store) => {
      const key = `${answers.platform ?? answers.domain}/${answers.name}/${store}`;
      return [store, [{ extract: { key } }]];
    });
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(wanted));
    const used = secretsOf(deployment).map(({ name, valueFrom }) => [
      name.split("__")[0],
      valueFrom?.secretKeyRef.name,
    ]);
    const expected = answers.features.map((store) => [`APP_${store.toUpperCase()}`, store]);
    expect(new Set(used.map(String))).toEqual(new Set(expected.map(String)));
  });

  it("The delivery takes what only some regions need of PostgreSQL from its secret, and starts without it", () => {
    const keys = secretsOf(deployment).flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []);
    const optional = keys.filter((each) => each.optional === true).map(({ key }) => key);
    expect(optional).toEqual(answers.features.includes("postgres") ? ["tls_names", "read_only", "reader_host"] : []);
  });

  it("The delivery migrates before the service starts, with the service's login and without matching its Service", () => {
    expect(migration !== undefined).toBe(answers.features.includes("postgres"));
    if (migration === undefined) return;
    expect(secretsOf(migration)).toEqual(secretsOf(deployment));
    const selected = Object.entries(deployment.spec.selector?.matchLabels ?? { none: "" });
    const labels = migration.spec.template.metadata.labels;
    expect(selected.every(([key, value]) => labels[key] === value)).toBe(false);
    const waveOf = ({ metadata }: Manifest): number =>
      Number((metadata as { annotations?: Record<string, string> }).annotations?.["argocd.argoproj.io/sync-wave"] ?? 0);
    const needed = ["Namespace", "ServiceAccount", "NetworkPolicy", "ExternalSecret"];
    for (const each of nonEmpty(objects.filter(({ kind }) => needed.includes(kind)))) {
      expect(waveOf(each)).toBeLessThan(waveOf(migration));
    }
    // An autoscaler without its Deployment is degraded, which would end the sync.
    const started = objects.filter(({ kind }) => ["Deployment", "HorizontalPodAutoscaler"].includes(kind));
    for (const each of nonEmpty(started)) {
      expect(waveOf(each)).toBeGreaterThan(waveOf(migration));
    }
  });

  it("The delivery lets its pods reach the service's own stores, and no others", () => {
    const policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
    const egress = policies.flatMap(({ spec }) => spec["egress"] as { to?: unknown; ports?: { port: number }[] }[]);
    const anywhere = egress.filter(({ to }) => to === undefined).flatMap(({ ports }) => ports ?? []);
    expect(policies).toHaveLength(answers.features.length > 0 ? 2 : 1);
    const ports: Record<string, number> = { postgres: 5432, redis: 6379, neo4j: 7687 };
    expect(anywhere.map(({ port }) => port)).toEqual(answers.features.map((store) => ports[store]));
  });

  it("The delivery is an Application in each region of a platform with a GitOps repository", () => {
    const applications = paths.filter((path) => path.startsWith("deploy/applications/"));
    expect(applications).toEqual(answers.regions.map((region) => `deploy/applications/${region}.yaml`));
    expect(applications.map(read)).toMatchObject(
      answers.regions.map((region) => ({
        metadata: { name: answers.name, namespace: "argocd" },
        spec: {
          project: answers.platform,
          source: {
            repoURL: answers.gitops_repository,
            targetRevision: answers.gitops_branch,
            path: `${answers.gitops_path}/deploy/overlays/${region}`,
          },
          destination: { server: "https://kubernetes.default.svc", namespace: answers.name },
        },
      })),
    );
  });
});

it("The delivery has one image per region in the platform's registry, and a deploy sets its digest", () => {
  const files = render(template, { ...onPlatform, image_registry: "registry.acme.example/shop" });
  const content = files.find(({ path }) => path === "deploy/overlays/eu/kustomization.yaml")?.content ?? "";
  const name = "registry.acme.example/shop/order-intake";
  expect((parse(content) as Kustomization).images).toEqual([{ name: "order-intake", newName: name, newTag: "0.1.0" }]);
  expect(content).toContain(`kustomize edit set image order-intake=${name}@sha256:`);
});

describe("callers of a service", () => {
  const policies = (called_by: readonly string[]): [object, object[]] => {
    const files = render(template, { ...alone, called_by });
    const spec = (file: string): Record<string, unknown> =>
      (parse(files.find(({ path }) => path === `deploy/base/${file}.yaml`)?.content ?? "") as Manifest).spec;
    return [spec("authorization-policy"), spec("network-policy")["ingress"] as object[]];
  };

  it("Callers of a service are denied until one is named", () => {
    const [authorization, ingress] = policies([]);
    // Istio allows only what a rule of an ALLOW policy names: without rules, nothing.
    expect(authorization).toEqual({ action: "ALLOW" });
    expect(ingress).toEqual([{ ports: [{ port: 15020 }] }]);
  });

  it("Callers of a service are allowed if they are named", () => {
    const [authorization, ingress] = policies(["n", "web"]);
    const principals = ["cluster.local/ns/n/sa/n", "cluster.local/ns/web/sa/web"];
    expect(authorization).toEqual({ action: "ALLOW", rules: [{ from: [{ source: { principals } }] }] });
    expect(ingress[0]).toMatchObject({ from: [{}, {}], ports: [{ port: "http" }] });
  });
});

it("The delivery has no Application without a GitOps repository", () => {
  const files = render(template, { ...alone, regions: ["eu"], platform: "acme" });
  expect(files.filter(({ path }) => path.startsWith("deploy/applications/"))).toEqual([]);
  expect(files.some(({ path }) => path === "deploy/overlays/eu/kustomization.yaml")).toBe(true);
});

it("Callers of a service cannot reach /internal, however they write the slash after it", () => {
  const path = "deploy/base/authorization-policy-internal.yaml";
  const policy = parse(render(template, onPlatform).find((file) => file.path === path)?.content ?? "") as Manifest;
  const rules = [{ to: [{ operation: { paths: ["/internal*"] } }] }];
  expect(policy.spec).toMatchObject({ action: "DENY", rules });
});

it.each(["migrate", "a".repeat(63)])("The migration's pods are not matched as pods of the service %s", (name) => {
  const files = render(template, { ...alone, name, features: ["postgres"] });
  const read = (file: string): Workload =>
    parse(files.find(({ path }) => path === `deploy/base/${file}.yaml`)?.content ?? "") as Workload;
  const job = read("migration");
  const pods = job.spec.template.metadata.labels["app.kubernetes.io/name"];
  expect(job.metadata.name).toBe(pods);
  expect(pods).not.toBe(read("deployment").spec.selector?.matchLabels["app.kubernetes.io/name"]);
  // The Job controller puts its name into a label, which holds 63 characters.
  expect(job.metadata.name).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
});

describe("a service on its platform", () => {
  const files = render(template, alone);
  const specOf = (file: string): Record<string, unknown> => {
    const [{ content }] = nonEmpty(files.filter(({ path }) => path === `deploy/base/${file}.yaml`));
    return (parse(content) as Manifest).spec;
  };

  it("A service allows its node to be drained even if its pods are not ready", () => {
    expect(specOf("pod-disruption-budget")).toMatchObject({ unhealthyPodEvictionPolicy: "AlwaysAllow" });
  });

  it("A service is scaled by the CPU use of its own container, without the proxy's", () => {
    const metric = { type: "ContainerResource", containerResource: { name: "cpu", container: "app" } };
    expect(specOf("horizontal-pod-autoscaler")["metrics"]).toMatchObject([metric]);
  });

  it("A service works with a DNS cache on each node", () => {
    const { egress } = specOf("network-policy") as Record<string, { to?: unknown[] }[]>;
    expect(egress?.[0]?.to).toContainEqual({ ipBlock: { cidr: "169.254.20.10/32" } });
  });

  it("A service works in a mesh, with the Istio revision that the platform names", () => {
    const labels = (answers: Answers): object => {
      const found = render(template, answers).find(({ path }) => path === "deploy/base/namespace.yaml");
      return (parse(found?.content ?? "") as { metadata: { labels: object } }).metadata.labels;
    };
    expect(labels(alone)).toMatchObject({ "istio-injection": "enabled" });
    const byRevision = labels({ ...alone, istio_revision: "stable" });
    expect(byRevision).toMatchObject({ "istio.io/rev": "stable" });
    // If both labels exist, the older one decides.
    expect(byRevision).not.toHaveProperty("istio-injection");
  });

  it("A service sends one trace in ten", () => {
    const { containers } = (specOf("deployment") as Workload["spec"]).template.spec;
    expect(containers[0].env).toEqual(
      expect.arrayContaining([
        { name: "OTEL_TRACES_SAMPLER", value: "parentbased_traceidratio" },
        { name: "OTEL_TRACES_SAMPLER_ARG", value: "0.1" },
      ]),
    );
  });
});
