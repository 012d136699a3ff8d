import type { ProgramOf } from "../programs/catalogue.ts";
import { type SandboxFolder, shippedFolder } from "../folders.ts";
import type { RegionPorts } from "../state.ts";
import { serviceRange } from "./service-addresses.ts";

/** The issuer of a region's tokens; the API server answers OpenID discovery there. */
export function issuer(ports: RegionPorts): string {
  return `https://127.0.0.1:${ports.apiserver}`;
}

export interface ControlPlaneRegion {
  readonly awsRegion: string;
  /** Its position among the sandbox's regions. */
  readonly index: number;
  readonly ports: RegionPorts;
  /** How many times its kwok was started before. */
  readonly kwokStarts: number;
}

/** Returns the arguments of a region's processes: everything listens on 127.0.0.1 only, and no argument is a secret. */
export function controlPlaneArguments(
  folder: SandboxFolder,
  region: ControlPlaneRegion,
): Readonly<Record<ProgramOf<"kubernetes">, readonly string[]>> {
  const paths: Paths = {
    at: (...path) => folder.region(region.awsRegion, ...path),
    pki: (file) => folder.region(region.awsRegion, "pki", file),
  };
  return {
    etcd: etcd(region, paths),
    "kube-apiserver": apiserver(region, paths),
    "kube-controller-manager": [
      `--secure-port=${region.ports.controllerManager}`,
      ...controller(paths, "controller-manager.kubeconfig"),
      "--use-service-account-credentials=true",
      `--root-ca-file=${paths.pki("ca.crt")}`,
      `--service-account-private-key-file=${paths.pki("service-account.key")}`,
      `--cluster-signing-cert-file=${paths.pki("ca.crt")}`,
      `--cluster-signing-key-file=${paths.pki("ca.key")}`,
    ],
    "kube-scheduler": [`--secure-port=${region.ports.scheduler}`, ...controller(paths, "scheduler.kubeconfig")],
    kwok: kwok(region, paths),
  };
}

interface Paths {
  at(...path: string[]): string;
  pki(file: string): string;
}

function etcd({ awsRegion, ports }: ControlPlaneRegion, { at, pki }: Paths): readonly string[] {
  return [
    `--name=${awsRegion}`,
    `--data-dir=${at("etcd")}`,
    `--listen-client-urls=https://127.0.0.1:${ports.etcd}`,
    `--advertise-client-urls=https://127.0.0.1:${ports.etcd}`,
    `--listen-peer-urls=https://127.0.0.1:${ports.etcdPeer}`,
    `--initial-advertise-peer-urls=https://127.0.0.1:${ports.etcdPeer}`,
    `--initial-cluster=${awsRegion}=https://127.0.0.1:${ports.etcdPeer}`,
    ...["", "peer-"].flatMap((side) => [
      `--${side}cert-file=${pki("etcd.crt")}`,
      `--${side}key-file=${pki("etcd.key")}`,
      `--${side}trusted-ca-file=${pki("etcd-ca.crt")}`,
      `--${side}client-cert-auth`,
    ]),
    "--auto-compaction-retention=10m",
    // The data is disposable: it survives a crash of etcd, but maybe not of the machine.
    "--unsafe-no-fsync",
    "--log-level=warn",
  ];
}

function apiserver({ ports }: ControlPlaneRegion, { at, pki }: Paths): readonly string[] {
  return [
    "--bind-address=127.0.0.1",
    `--secure-port=${ports.apiserver}`,
    // It cannot publish a loopback address as the endpoint of its service, so it publishes none.
    "--endpoint-reconciler-type=none",
    `--etcd-servers=https://127.0.0.1:${ports.etcd}`,
    `--etcd-cafile=${pki("etcd-ca.crt")}`,
    `--etcd-certfile=${pki("etcd-client.crt")}`,
    `--etcd-keyfile=${pki("etcd-client.key")}`,
    `--tls-cert-file=${pki("server.crt")}`,
    `--tls-private-key-file=${pki("server.key")}`,
    `--client-ca-file=${pki("ca.crt")}`,
    // A node's name does not resolve, and its address may be one of a VPC; if pods are real, the node reports
    // `localhost`.
    "--kubelet-preferred-address-types=InternalDNS,InternalIP",
    `--kubelet-client-certificate=${pki("kubelet-client.crt")}`,
    `--kubelet-client-key=${pki("kubelet-client.key")}`,
    `--kubelet-certificate-authority=${pki("ca.crt")}`,
    // The client certificate for the server of the pods' metrics, which is also their kubelet.
    `--proxy-client-cert-file=${pki("kubelet-client.crt")}`,
    `--proxy-client-key-file=${pki("kubelet-client.key")}`,
    `--service-account-issuer=${issuer(ports)}`,
    `--service-account-key-file=${pki("service-account.pub")}`,
    `--service-account-signing-key-file=${pki("service-account.key")}`,
    `--api-audiences=https://kubernetes.default.svc,${issuer(ports)}`,
    `--service-cluster-ip-range=${serviceRange}`,
    // Webhooks and aggregated APIs behind a Service: cluster IPs are routed in pods only, but their addresses are
    // reached from this machine.
    "--enable-aggregator-routing=true",
    "--authorization-mode=RBAC",
    "--allow-privileged=true",
    `--authentication-token-webhook-config-file=${at("authenticator.kubeconfig")}`,
    "--authentication-token-webhook-version=v1",
    // A new access entry must not wait two minutes behind an earlier denial.
    "--authentication-token-webhook-cache-ttl=2s",
    "--profiling=false",
  ];
}

/** Flags shared by controller manager and scheduler. Without leader election, they are ready 15 s earlier. */
function controller({ at, pki }: Paths, kubeconfig: string): readonly string[] {
  return [
    "--bind-address=127.0.0.1",
    `--tls-cert-file=${pki("component.crt")}`,
    `--tls-private-key-file=${pki("component.key")}`,
    `--client-ca-file=${pki("ca.crt")}`,
    ...["kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig"].map(
      (flag) => `--${flag}=${at(kubeconfig)}`,
    ),
    "--leader-elect=false",
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    "--profiling=false",
  ];
}

/**
 * Pods get addresses from a /12 of their region, of which each start of kwok uses another /16: a restarted kwok does
 * not know the addresses that it assigned before, and would assign them again.
 */
function podCidr({ index, kwokStarts }: ControlPlaneRegion): string {
  return `10.${128 + (index % 8) * 16 + (kwokStarts % 16)}.0.0/16`;
}

function kwok(region: ControlPlaneRegion, { at, pki }: Paths): readonly string[] {
  const { ports } = region;
  return [
    `--kubeconfig=${at("kwok.kubeconfig")}`,
    `--config=${shippedFolder("kubernetes", "stages.yaml")}`,
    "--manage-all-nodes=true",
    `--cidr=${podCidr(region)}`,
    "--node-ip=127.0.0.1",
    `--node-port=${ports.kwok}`,
    `--server-address=127.0.0.1:${ports.kwok}`,
    `--tls-cert-file=${pki("component.crt")}`,
    `--tls-private-key-file=${pki("component.key")}`,
    // A restarted kwok takes over the nodes when the leases of the previous one have expired.
    "--node-lease-duration-seconds=10",
    "--v=WARN",
  ];
}
