import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parse } from "yaml";
import { sandboxFolder } from "../../sandbox/src/folders.ts";
import { builtFrom, containersIn } from "../support/built-delivery.ts";
import { type Ended, run, runGennet } from "../support/cli.ts";
import { nonEmpty } from "../support/non-empty.ts";
import { referees } from "../support/referees.ts";

const platform = `name: acme
domain: acme.example
gitops: {repository: "https://git.acme.example/platform.git"}
regions:
  - {name: eu, awsRegion: eu-west-1, accountId: "111122223333", cluster: acme-eu}
  - {name: "no", awsRegion: us-east-1, accountId: "111122223333", cluster: acme-no}
`;
const everything = [
  "--features",
  "postgres,redis,neo4j",
  "--depends-on",
  `n,${"z".repeat(63)}`,
  "--called-by",
  "y,web",
];
const services: [name: string, objects: number, flags: string[]][] = [
  ["order-intake", 9, []],
  ["y", 9, []],
  ["b", 19, everything],
  ["a".repeat(63), 19, everything],
];
const strictly = ["--server-side", "--dry-run=server", "--warnings-as-errors", "--validate=strict"];

let folder: string;
let kubectl: (...words: string[]) => Promise<Ended>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gennet-delivery-"));
  await writeFile(join(folder, "gennet.yaml"), platform);
  const { name, stateHome } = inject("sandbox");
  const { kubeconfig } = sandboxFolder({ env: { XDG_STATE_HOME: stateHome }, home: "/" }, name);
  const { kubectl: program } = await referees();
  kubectl = (...words) => run(program, ["--kubeconfig", kubeconfig, ...words], { cwd: folder });
  for (const [service, , flags] of services) {
    const made = await runGennet(["new", "service", service, "--domain", "n", "--owner", "123", ...flags], {
      cwd: folder,
    });
    if (made.exit !== 0) throw new Error(made.stderr);
  }
  // A dry run stores nothing, so the namespaces of the other objects must exist.
  for (const name of ["argocd", ...services.map(([service]) => service)]) {
    const namespace = join(folder, `namespace-${name}.yaml`);
    await writeFile(namespace, `apiVersion: v1\nkind: Namespace\nmetadata:\n  name: "${name}"\n`);
    const applied = await kubectl("apply", "--server-side", "--filename", namespace);
    if (applied.exit !== 0) throw new Error(applied.stderr);
  }
});
afterAll(async () => {
  await kubectl("delete", "namespace", "--ignore-not-found", "argocd", ...services.map(([name]) => name));
  await rm(folder, { recursive: true, force: true });
});

// kubectl waits for the API server, so several run in parallel.
describe.concurrent.each(services)("the delivery of %s", (name, objects) => {
  it.for(["base", "overlays/eu", "overlays/no"])(
    "The delivery is built by Kustomize for %s, and a real API server accepts it without a warning",
    async (target, { expect }) => {
      const applied = await kubectl("apply", ...strictly, "--kustomize", join(folder, name, "deploy", target));
      expect(applied).toMatchObject({ exit: 0, stderr: "" });
      expect(applied.stdout.trim().split("\n")).toHaveLength(objects);
    },
  );

  it("The API server accepts the Application", async ({ expect }) => {
    const applied = await kubectl(
      "apply",
      ...strictly,
      "--filename",
      join(folder, name, "deploy/applications/eu.yaml"),
    );
    expect(applied).toMatchObject({ exit: 0, stderr: "" });
    expect(applied.stdout).toContain("application.argoproj.io/");
  });

  it("Every object of the delivery is in the service's namespace, and has its labels", async ({ expect }) => {
    for (const { kind, metadata } of nonEmpty(await builtFrom(join(folder, name, "deploy/overlays/no")))) {
      const labels = { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "n" };
      expect(metadata).toMatchObject({ labels });
      expect(metadata).toMatchObject(kind === "Namespace" ? { name } : { namespace: name });
    }
  });
});

it.concurrent.for(["postgres", "redis", "neo4j", "postgres,redis", "postgres,neo4j", "redis,neo4j"])(
  "A real API server accepts a service with %s without a warning",
  async (features, { expect }) => {
    const words = ["new", "service", "y", "--domain", "n", "--owner", "123", "--features", features, "--dir", features];
    expect(await runGennet(words, { cwd: folder })).toMatchObject({ exit: 0 });
    const applied = await kubectl("apply", ...strictly, "--kustomize", join(folder, features, "deploy/overlays/eu"));
    expect(applied).toMatchObject({ exit: 0, stderr: "" });
    const secrets = applied.stdout.match(/(?<=^externalsecret\.external-secrets\.io\/)\S+/gm) ?? [];
    expect(secrets.toSorted()).toEqual(features.split(",").toSorted());
  },
);

describe("an overlay", () => {
  it("An overlay names its region, and changing the image of one region changes one line", async () => {
    const kustomization = join(folder, "b/deploy/overlays/eu/kustomization.yaml");
    const before = await readFile(kustomization, "utf8");
    const after = before.replace("newTag: 0.1.0", "newTag: 1.2.3");
    expect(parse(after)).not.toEqual(parse(before));
    await writeFile(kustomization, after);
    const [eu, no] = await Promise.all(
      ["eu", "no"].map((region) => containersIn(join(folder, "b/deploy/overlays", region))),
    );
    expect(eu?.map(({ image }) => image)).toEqual(["b:1.2.3", "b:1.2.3"]);
    expect(no?.map(({ image }) => image)).toEqual(["b:0.1.0", "b:0.1.0"]);
    const regions = no?.map(({ env }) => env.find((each) => each.name === "APP_REGION")?.value);
    expect(regions).toEqual(["no", undefined]);
  });

  it("The API server rejects an overlay with a mistake in it", async () => {
    const secret = join(folder, "b/deploy/base/external-secret-redis.yaml");
    const text = await readFile(secret, "utf8");
    await writeFile(secret, text.replace("refreshInterval", "refreshIntervall"));
    const applied = await kubectl("apply", ...strictly, "--kustomize", join(folder, "b/deploy/overlays/eu"));
    await writeFile(secret, text);
    expect(applied.exit).toBe(1);
    expect(applied.stderr).toContain("refreshIntervall");
  });
});
