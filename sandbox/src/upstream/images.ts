import { join } from "node:path";
import type { FindProgram } from "../full/programs.ts";
import type { Image } from "../pods/image.ts";
import { argocdScripts, type UpstreamFiles } from "./files.ts";
import type { UpstreamVersions } from "./versions.ts";

/** What upstream's images are made of here. */
export interface ImageParts {
  readonly versions: UpstreamVersions;
  readonly find: FindProgram;
  readonly files: UpstreamFiles;
  /** The parent of the images' own folders. */
  readonly folder: string;
  /** The folder of the sandbox's Git repositories. */
  readonly git: string;
  /** The AWS endpoint, as pods reach it. */
  readonly aws: string;
}

type Content = Omit<Image, "name" | "folder" | "soleTag" | "entrypoint" | "cmd"> & Partial<Image>;

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const argocdNames = [
  "argocd",
  ...["server", "repo-server", "application-controller", "applicationset-controller", "notifications"],
  ...["cmp-server", "dex", "k8s-auth", "commit-server"],
];

/**
 * Returns upstream's images of the platform's components, as their Dockerfiles make them: the same names, users and
 * environment, with the programs that the sandbox has compiled. What is different in a sandbox is in their environment,
 * and nowhere else.
 */
export async function upstreamImages(parts: ImageParts): Promise<readonly Image[]> {
  const made = await Promise.all(Object.values(makers).map(async (make) => make(parts)));
  return made.flat();
}

type Make = (parts: ImageParts) => Promise<readonly Image[]>;

const makers: Readonly<Record<string, Make>> = {
  async argocd({ versions, find, files, folder, git }) {
    const program = await find("argocd");
    const names = argocdNames.map((name) => (name === "argocd" ? name : `argocd-${name}`));
    return named(folder, `v${versions.argocd}`, ["quay.io/argoproj/argocd"], {
      part: "argocd",
      files: {
        ...Object.fromEntries(names.map((name) => [`/usr/local/bin/${name}`, program])),
        "/usr/local/bin/helm": await find("helm"),
        "/usr/local/bin/kustomize": await find("kustomize"),
        ...Object.fromEntries(argocdScripts.map((name) => [`/usr/local/bin/${name}`, join(files.images, name)])),
        "/etc/gitconfig": join(folder, "gitconfig"),
      },
      folders: ["/home/argocd"],
      shares: [git],
      workdir: "/home/argocd",
      user: { uid: 999, gid: 999 },
      env: {
        PATH: path,
        HOME: "/home/argocd",
        USER: "argocd",
        GRPC_ENABLE_TXT_SERVICE_CONFIG: "false",
        // This machine may lack gpg.
        ARGOCD_GPG_ENABLED: "false",
      },
    });
  },
  /** Valkey, which speaks the same protocol. */
  async redis({ versions, find, folder }) {
    return named(folder, versions.redis, ["public.ecr.aws/docker/library/redis", "docker.io/library/redis", "redis"], {
      entrypoint: ["docker-entrypoint.sh"],
      cmd: ["redis-server"],
      files: {
        "/usr/local/bin/redis-server": await find("valkey-server"),
        "/usr/local/bin/docker-entrypoint.sh": join(folder, "docker-entrypoint.sh"),
      },
      folders: ["/data"],
      workdir: "/data",
      env: { PATH: path },
    });
  },
  async pilot({ versions, find, folder }) {
    return ofIstio(folder, versions, "pilot", {
      part: "istiod",
      entrypoint: ["/usr/local/bin/pilot-discovery"],
      files: { "/usr/local/bin/pilot-discovery": await find("pilot-discovery") },
      workdir: "/",
      user: { uid: 1337, gid: 1337 },
      env: {
        PATH: path,
        // This Envoy lacks the extensions of Istio's own build.
        PILOT_ENABLE_METADATA_EXCHANGE: "false",
        PILOT_ENABLE_ALPN_FILTER: "false",
        // The default wherever kubelets report a version, which simulated nodes do not.
        ENABLE_NATIVE_SIDECARS: "true",
      },
    });
  },
  async proxy({ versions, find, files, folder }) {
    return ofIstio(folder, versions, "proxyv2", {
      entrypoint: ["/usr/local/bin/pilot-agent"],
      files: {
        "/usr/local/bin/pilot-agent": await find("pilot-agent"),
        "/usr/local/bin/envoy": await find("envoy"),
        "/var/lib/istio/envoy/envoy_bootstrap_tmpl.json": join(files.images, "envoy_bootstrap.json"),
      },
      workdir: "/",
      injected: true,
      env: { PATH: path },
    });
  },
  async externalSecrets({ versions, find, folder, aws }) {
    const hosts = ["oci.external-secrets.io", "ghcr.io"];
    const names = hosts.map((host) => `${host}/external-secrets/external-secrets`);
    return named(folder, `v${versions["external-secrets"]}`, names, {
      part: "eso",
      entrypoint: ["/bin/external-secrets"],
      files: { "/bin/external-secrets": await find("external-secrets") },
      workdir: "/",
      user: { uid: 65_534, gid: 65_534 },
      env: { PATH: path, AWS_SECRETSMANAGER_ENDPOINT: aws, AWS_SSM_ENDPOINT: aws, AWS_STS_ENDPOINT: aws },
    });
  },
  async collector({ versions, find, folder }) {
    const program = await find("collector");
    const images = ["contrib", "k8s"].map((distribution) => {
      const name = `opentelemetry-collector-${distribution}`;
      const names = [
        `otel/${name}`,
        `docker.io/otel/${name}`,
        `ghcr.io/open-telemetry/opentelemetry-collector-releases/${name}`,
      ];
      return named(folder, versions.collector, names, {
        entrypoint: [`/otelcol-${distribution}`],
        cmd: ["--config", `/etc/otelcol-${distribution}/config.yaml`],
        files: { [`/otelcol-${distribution}`]: program },
        workdir: "/",
        user: { uid: 10_001, gid: 10_001 },
        env: { PATH: path },
      });
    });
    return images.flat();
  },
  async prometheus({ versions, find, folder }) {
    const names = ["quay.io/prometheus/prometheus", "prom/prometheus", "docker.io/prom/prometheus"];
    return named(folder, `v${versions.prometheus}`, names, {
      entrypoint: ["/bin/prometheus"],
      cmd: ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
      files: { "/bin/prometheus": await find("prometheus"), "/bin/promtool": await find("promtool") },
      folders: ["/prometheus"],
      workdir: "/prometheus",
      user: { uid: 65_534, gid: 65_534 },
      env: { PATH: path },
    });
  },
};

/** Both releases; the next one is not the only tag, because a newer sandbox replaces that. */
function ofIstio(folder: string, versions: UpstreamVersions, image: string, content: Content): readonly Image[] {
  const names = ["docker.io/istio", "istio", "registry.istio.io/release"].map((hub) => `${hub}/${image}`);
  const next = named(folder, versions.nextIstio, names, content).map(({ soleTag: _, ...each }): Image => each);
  return [...named(folder, versions.istio, names, content), ...next];
}

function named(folder: string, tag: string, names: readonly string[], content: Content): readonly Image[] {
  const image = { entrypoint: [], cmd: [], ...content };
  return names.map((name) => ({ ...image, name: `${name}:${tag}`, folder, soleTag: true as const }));
}

/** Files of the images' own folder, that no module has. */
export const ownFiles: Readonly<Record<string, { readonly text: string; readonly mode: number }>> = {
  // Pods of another user than root read the sandbox's repositories.
  gitconfig: { text: "[safe]\n\tdirectory = *\n", mode: 0o644 },
  // Like that of Redis: arguments that begin with a dash are redis-server's.
  "docker-entrypoint.sh": {
    text: '#!/bin/sh\n[ "${1#-}" = "$1" ] || set -- redis-server "$@"\nexec "$@"\n',
    mode: 0o755,
  },
};
