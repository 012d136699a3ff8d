import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { runGennet } from "../support/cli.ts";
import { type FakeApiServer, fakeApiServer, status } from "../support/fake-api-server.ts";

let answering: FakeApiServer;
let silent: FakeApiServer;
let folder: string;

const node = {
  metadata: { name: "n1" },
  spec: {},
  status: { conditions: [{ type: "Ready", status: "True" }] },
};

const application = {
  metadata: { name: "orders", namespace: "argocd", resourceVersion: "1" },
  spec: {
    project: "shop",
    destination: { namespace: "shop" },
    source: { repoURL: "https://git.example/platform.git" },
  },
};

/** A cluster with one node, no workloads and one Argo CD Application. */
function answer(path: string): unknown {
  if (path === "/version") return { gitVersion: "v1.37.2" };
  if (path === "/api/v1/nodes") return { kind: "NodeList", metadata: {}, items: [node] };
  if (path === "/apis/argoproj.io/v1alpha1") {
    return { resources: [{ name: "applications", kind: "Application", namespaced: true }] };
  }
  if (path.endsWith("/applications")) {
    return { metadata: { resourceVersion: "1" }, items: [application] };
  }
  return undefined;
}

beforeAll(async () => {
  answering = await fakeApiServer(({ path }) => {
    const json = answer(path);
    return json === undefined ? status(404, "not found") : { json };
  });
  // Accepts the connection, and never responds.
  silent = await fakeApiServer(() => () => undefined);
  folder = await mkdtemp(join(tmpdir(), "gennet-silent-"));
  const kubeconfig = {
    clusters: Object.entries({ answering, silent }).map(([name, { url }]) => ({ name, cluster: { server: url } })),
    users: [{ name: "me", user: { token: "t" } }],
    contexts: ["answering", "silent"].map((name) => ({ name, context: { cluster: name, user: "me" } })),
  };
  await writeFile(join(folder, "config"), JSON.stringify(kubeconfig));
});
afterAll(async () => {
  await Promise.all([answering?.close(), silent?.close()]);
  await rm(folder, { recursive: true });
});

const gennet = (...argv: string[]) =>
  runGennet([...argv, "--context", "answering", "--context", "silent", "--timeout", "6s", "-o", "json"], {
    env: { KUBECONFIG: join(folder, "config") },
    cwd: folder,
  });

interface Answered {
  readonly regions: readonly { readonly name: string; readonly reachable?: boolean; readonly nodes?: object }[];
  readonly items: readonly { readonly region: string }[];
  readonly findings: readonly { readonly region: string; readonly id: string; readonly obstacle?: string }[];
}

describe.concurrent("a region that never answers, when --timeout ends", () => {
  it("A region that never responds is unknown in gennet status, which shows everything from the other region", async ({
    expect,
  }) => {
    const { exit, stdout, stderr } = await gennet("status", "--only", "cluster,nodes");
    expect([exit, stderr.includes("bug in gennet")]).toEqual([6, false]);
    const { regions, findings } = JSON.parse(stdout) as Answered;
    expect(regions.map(({ name, reachable, nodes }) => [name, reachable, nodes])).toEqual([
      ["answering", true, { ready: 1, total: 1 }],
      ["silent", false, undefined],
    ]);
    expect(findings.filter(({ region, obstacle }) => region === "silent" && obstacle !== undefined)).toMatchObject([
      { id: "cluster/api", obstacle: "timed-out" },
    ]);
  });

  it("A region that never responds is unknown in gennet app list, which lists the Applications of the other region", async ({
    expect,
  }) => {
    const { exit, stdout } = await gennet("app", "list");
    expect(exit).toBe(6);
    const { items, findings } = JSON.parse(stdout) as Answered;
    expect(items.map(({ region }) => region)).toEqual(["answering"]);
    expect(findings).toMatchObject([{ region: "silent", id: "gitops/controller", obstacle: "timed-out" }]);
  });
});
