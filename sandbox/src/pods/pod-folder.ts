import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writePrivate } from "../state.ts";
import type { Pod } from "./pod.ts";

/** What is recorded of a pod, in pod.json, in addition to what its containers' shims write. */
export interface PodRecord {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** The pod's current labels, by which metrics are selected. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly address: string;
  /** The path of its network namespace. */
  readonly netns: string;
  /** In milliseconds since the epoch. */
  readonly startTime: number;
}

/** The folder of one real pod; it may contain secrets, so only its owner has access. */
export interface PodFolder {
  readonly root: string;
  readonly etc: string;
  volume(name: string): string;
  /** The folder of all runs of a container: run 3 is in `3/` and its output in `3.log`. */
  container(name: string): string;
  read(): Promise<PodRecord | undefined>;
  write(record: PodRecord): Promise<void>;
  remove(): Promise<void>;
}

export function podFolder(pods: string, uid: string): PodFolder {
  const root = join(pods, uid);
  return {
    root,
    etc: join(root, "etc"),
    volume: (name) => join(root, "volumes", name),
    container: (name) => join(root, "containers", name),
    async read() {
      const text = await readFile(join(root, "pod.json"), "utf8").catch(() => undefined);
      return text === undefined ? undefined : (JSON.parse(text) as PodRecord);
    },
    async write(record) {
      await mkdir(join(root, "etc"), { recursive: true, mode: 0o700 });
      await mkdir(join(root, "volumes"), { recursive: true, mode: 0o700 });
      await writePrivate(join(root, "pod.json"), `${JSON.stringify(record)}\n`);
    },
    remove: () => rm(root, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** The authorities that a pod trusts (PEM), if the region's data stores have the sandbox's own certificates. */
export const authoritiesFile = "sandbox-authorities.pem";

/** Returns the files of /etc that every container of a pod gets, by name; `names` resolve to the gateway. */
export function etcFiles(
  { metadata, spec }: Pod,
  address: string,
  gateway: string,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const hostname = hostnameOf({ metadata, spec });
  const domain =
    spec.subdomain === undefined ? [] : [`${hostname}.${spec.subdomain}.${metadata.namespace}.svc.cluster.local`];
  const aliases = (spec.hostAliases ?? []).map(({ ip, hostnames = [] }) => [ip, ...hostnames].join("\t"));
  const beyond = names.map((name) => `${gateway}\t${name}`);
  const own = [address, ...domain, hostname].join("\t");
  return {
    hostname: `${hostname}\n`,
    hosts: ["127.0.0.1\tlocalhost", own, ...aliases, ...beyond, ""].join("\n"),
    "resolv.conf": resolvConf(metadata.namespace, spec, gateway),
  };
}

export function hostnameOf({ metadata, spec }: Pick<Pod, "metadata" | "spec">): string {
  return spec.hostname ?? metadata.name.slice(0, 63).replace(/[-.]+$/, "");
}

/** Like a kubelet's for ClusterFirst; the cluster's name server is the bridge. */
function resolvConf(namespace: string, { dnsPolicy, dnsConfig }: Pod["spec"], gateway: string): string {
  const cluster = dnsPolicy !== "None" && dnsPolicy !== "Default";
  const searches = cluster ? [`${namespace}.svc.cluster.local`, "svc.cluster.local", "cluster.local"] : [];
  const options = [
    ...(cluster ? ["ndots:5"] : []),
    ...(dnsConfig?.options ?? []).map(({ name, value }) => (value === undefined ? name : `${name}:${value}`)),
  ];
  const servers = [...(dnsPolicy === "None" ? [] : [gateway]), ...(dnsConfig?.nameservers ?? [])];
  const search = [...searches, ...(dnsConfig?.searches ?? [])];
  return [
    ...(search.length === 0 ? [] : [`search ${search.join(" ")}`]),
    ...servers.map((server) => `nameserver ${server}`),
    ...(options.length === 0 ? [] : [`options ${options.join(" ")}`]),
    "",
  ].join("\n");
}
