import { componentOf, type FullRegion, loopback, type Part } from "./part.ts";

/** The Redis of a region's Argo CD: a cache, so nothing of it is written to disk. */
export function redis(region: FullRegion): Part {
  const { redis: port } = region.ports.redis;
  const folder = region.at("redis");
  return {
    component: componentOf(region, "redis", port, `tcp://${loopback(port)}`),
    program: "valkey-server",
    args: ["--bind", "127.0.0.1", "--port", String(port), "--dir", folder, "--save", "", "--appendonly", "no"],
  };
}

/**
 * Argo CD's installers ship a script of this name, which the server runs for each revision, also where no signature
 * is asked for: what git says about a signature is the answer, a bad one included.
 */
const verify = { "git-verify-wrapper.sh": '#!/bin/sh\ngit verify-commit "$1" 2>&1 || true\n' };

/** Renders what Git holds. */
export function repoServer(region: FullRegion): Part {
  const { api, metrics } = region.ports["argocd-repo-server"];
  return {
    component: componentOf(region, "argocd-repo-server", api, `http://${loopback(metrics)}/healthz`, ["redis"]),
    ...argocd(region, "argocd-repo-server"),
    scripts: verify,
    args: [
      "--address=127.0.0.1",
      `--port=${api}`,
      "--metrics-address=127.0.0.1",
      `--metrics-port=${metrics}`,
      "--disable-tls",
      // Its default contradicts --disable-tls.
      "--client-ca-path=",
      ...cache(region),
    ],
  };
}

/** Compares that with the cluster, and syncs. It shows its metrics on all addresses: it has no flag for another one. */
export function applicationController(region: FullRegion): Part {
  const name = "argocd-application-controller";
  const { metrics } = region.ports[name];
  const needs = ["redis", "argocd-repo-server"];
  return {
    component: componentOf(region, name, metrics, `http://${loopback(metrics)}/healthz`, needs),
    ...argocd(region, name),
    args: [...cluster(region), ...cache(region), `--metrics-port=${metrics}`],
  };
}

/** The API of the `argocd` command. It asks for no credentials: it is on loopback, for users who may read the sandbox's files. */
export function apiServer(region: FullRegion): Part {
  const { api, metrics } = region.ports["argocd-server"];
  const needs = ["redis", "argocd-repo-server"];
  return {
    component: componentOf(region, "argocd-server", api, `http://${loopback(api)}/healthz`, needs),
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

/** One program is all of Argo CD: the name by which it is started picks the role. */
function argocd(region: FullRegion, name: string): Pick<Part, "program" | "uses" | "env" | "folders"> {
  const folders = { tls: region.at(name, "tls"), ssh: region.at(name, "ssh"), gnupg: region.at(name, "gnupg") };
  return {
    program: "argocd",
    uses: ["kustomize"],
    env: {
      // What Argo CD calls https://kubernetes.default.svc is then the cluster of this kubeconfig, beside its flag for it.
      ARGOCD_FAKE_IN_CLUSTER: "true",
      KUBECONFIG: region.kubeconfig,
      ARGOCD_GPG_ENABLED: "false",
      ARGOCD_TLS_DATA_PATH: folders.tls,
      ARGOCD_SSH_DATA_PATH: folders.ssh,
      ARGOCD_GNUPGHOME: folders.gnupg,
      // Only the repo-server opens it. Of a socket's path, Linux takes 107 bytes.
      ARGOCD_ASK_PASS_SOCK: region.at("ask.sock"),
    },
    folders: Object.values(folders),
  };
}
