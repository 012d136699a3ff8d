import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { allReady } from "./fleet.mjs";

const services = 10;
const replicas = 2;
const applications = 20;

/**
 * Puts a mesh of 20 real proxies (10 services with two pods each, every one of which has called the next one) and 20
 * Applications of Argo CD into a fleet of profile full.
 * @returns {Promise<string[]>} the pods with a proxy, as `NAME.NAMESPACE`
 */
export async function populate({ kubectl, sandbox, env }) {
  const apply = (items) => kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  sandbox("image", "bench-proxy", resolve("test/support/real-pod"), "--", "python3", "server.py");
  const { gitops } = JSON.parse(sandbox("env", "-o", "json")).full;
  push(gitops, env);
  apply([namespace, strict, ...Array.from({ length: services }, (_, at) => serviceObjects(`service-${at}`)).flat()]);
  apply(Array.from({ length: applications }, (_, at) => application(`app-${at}`, gitops)));
  await allReady(kubectl, JSON.parse(kubectl(["get", "deployments", "-A", "-o", "json"])).items.length);
  await until("Applications synced", () => {
    const { items } = JSON.parse(kubectl(["get", "applications", "-n", "argocd", "-o", "json"]));
    return items.every(({ status }) => status?.sync?.status === "Synced" && status.health?.status === "Healthy");
  });
  const { items: pods } = JSON.parse(kubectl(["get", "pods", "-n", "mesh", "-o", "json"]));
  for (const { metadata } of pods) {
    const next = `service-${(Number(metadata.labels.app.split("-")[1]) + 1) % services}`;
    const call = ["exec", "-n", "mesh", metadata.name, "-c", "app", "--", "curl", "-sf", "-o", "/dev/null"];
    await until(`call of ${metadata.name}`, () => succeeds(kubectl, [...call, `http://${next}.mesh/`]));
  }
  return pods.map(({ metadata }) => `${metadata.name}.mesh`);
}

const namespace = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "mesh", labels: { "istio-injection": "enabled" } },
};
const strict = {
  apiVersion: "security.istio.io/v1",
  kind: "PeerAuthentication",
  metadata: { name: "default", namespace: "istio-system" },
  spec: { mtls: { mode: "STRICT" } },
};

function serviceObjects(name) {
  const labels = { app: name };
  const metadata = { name, namespace: "mesh" };
  const container = { name: "app", image: "bench-proxy:1", ports: [{ containerPort: 8000 }] };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: 8000 }] },
    },
    {
      apiVersion: "networking.istio.io/v1",
      kind: "DestinationRule",
      metadata,
      spec: {
        host: `${name}.mesh.svc.cluster.local`,
        trafficPolicy: { connectionPool: { tcp: { maxConnections: 100 } }, outlierDetection: {} },
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
  ];
}

function application(name, repoURL) {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: "argocd" },
    spec: {
      project: "default",
      source: { repoURL, path: name, targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace: "default" },
      syncPolicy: { automated: {} },
    },
  };
}

/** A config map for each Application. */
function push(gitops, env) {
  const copy = mkdtempSync(join(tmpdir(), "gennet-bench-"));
  const git = (...words) => succeed("git", ["-C", copy, ...words], env);
  try {
    succeed("git", ["clone", "--quiet", gitops, copy], env);
    for (let at = 0; at < applications; at++) {
      const name = `app-${at}`;
      mkdirSync(join(copy, name));
      const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { name } };
      writeFileSync(join(copy, name, "config.yaml"), JSON.stringify(object));
    }
    git("add", "--all");
    git("-c", "user.name=bench", "-c", "user.email=bench@example.com", "commit", "--quiet", "-m", "Applications");
    git("push", "--quiet", "origin", "main");
  } finally {
    rmSync(copy, { recursive: true });
  }
}

async function until(what, isSo) {
  while (!isSo()) {
    process.stderr.write(`… waiting: ${what}\n`);
    await setTimeout(2_000);
  }
}

function succeeds(kubectl, words) {
  try {
    kubectl(words);
    return true;
  } catch {
    return false;
  }
}

function succeed(command, args, env) {
  const { status, stderr, error } = spawnSync(command, args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
}
