import { componentAt, type FullRegion, loopback, type Part } from "./part.ts";

/** The Redis of a region's Argo CD. It is a cache, so nothing is written to disk. */
export function redis(region: FullRegion): Part {
  const { redis: port } = region.ports.redis;
  const folder = region.at("redis");
  return {
    component: componentAt(region, "redis", port, `tcp://${loopback(port)}`),
    program: "valkey-server",
    args: ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", "", "--appendonly", "no"],
  };
}

/**
 * Argo CD's installers include a script of this name. The server runs it for each revision, even if no signature is
 * required, and uses git's output as the result, also for a bad signature.
 */
const verify = { "git-verify-wrapper.sh": '#!/bin/sh\ngit verify-commit "$1" 2>&1 || true\n' };

/** Renders the manifests in Git. */
export function repoServer(region: FullRegion): Part {
  const { api, metrics } = region.ports["argocd-repo-server"];
  return {
    component: componentAt(region, "argocd-repo-server", api, `http://${loopback(metrics)}/healthz`, ["redis"]),
    ...argocd(region, "argocd-repo-server"),
    scripts: verify,
    args: [
      "--address=127.0.0.1",
      `--port=${api}`,
      "--metrics-address=127.0.0.1",
      `--metrics-port=${metrics}`,
      "--disable-tls",
      // The default contradicts --disable-tls.
      "--client-ca-path=",
      ...cache(region),
    ],
  };
}

/** Compares the manifests with the cluster, and syncs. Its metrics listen on all addresses: no flag changes that. */
export function applicationController(region: FullRegion): Part {
  const name = "argocd-application-controller";
  const { metrics } = region.ports[name];
  const needs = ["redis", "argocd-repo-server"];
  return {
    component: componentAt(region, name, metrics, `http://${loopback(metrics)}/healthz`, needs),
    ...argocd(region, name),
    args: [...cluster(region), ...cache(region), `--metrics-port=${metrics}`],
  };
}

/**
 * The API of the `argocd` command. It requires no credentials: it is on loopback, for users who may read the sandbox's
 * files.
 */
export function apiServer(region: FullRegion): Part {
  const { api, metrics } = region.ports["argocd-server"];
  const needs = ["redis", "argocd-repo-server"];
  return {
    component: componentAt(region, "argocd-server", api, `http://${loopback(api)}/healthz`, needs),
    ...argocd(region, "argocd-server"),
    args: [
      ...cluster(region),
      ...cache(region),
      "--address=127.0.0.1",
      `--port=${api}`,
      "--metrics-address=127.0.0.1",
      `--metrics-port=${metrics}`,
      "--insecure",
      "--disable-auth",
    ],
  };
}

function cache({ ports }: FullRegion): readonly string[] {
  return [`--redis=${loopback(ports.redis.redis)}`];
}

function cluster({ kubeconfig, ports }: FullRegion): readonly string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    "--namespace=argocd",
    `--repo-server=${loopback(ports["argocd-repo-server"].api)}`,
    "--repo-server-plaintext",
  ];
}

/** All of Argo CD is one program: the name by which it is started selects the role. */
function argocd(region: FullRegion, name: string): Pick<Part, "program" | "uses" | "env" | "folders"> {
  const folders = { tls: region.at(name, "tls"), ssh: region.at(name, "ssh"), gnupg: region.at(name, "gnupg") };
  return {
    program: "argocd",
    uses: ["kustomize"],
    env: {
      // Argo CD's in-cluster address https://kubernetes.default.svc then means the cluster of this kubeconfig, which it
      // also gets by flag.
      ARGOCD_FAKE_IN_CLUSTER: "true",
      KUBECONFIG: region.kubeconfig,
      ARGOCD_GPG_ENABLED: "false",
      ARGOCD_TLS_DATA_PATH: folders.tls,
      ARGOCD_SSH_DATA_PATH: folders.ssh,
      ARGOCD_GNUPGHOME: folders.gnupg,
      // Only the repo-server opens it. Linux limits a socket's path to 107 bytes.
      ARGOCD_ASK_PASS_SOCK: region.at("ask.sock"),
    },
    folders: Object.values(folders),
  };
}
