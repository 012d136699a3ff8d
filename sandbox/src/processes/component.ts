import type { SandboxFolder } from "../folders.ts";
import type { SandboxState } from "../state.ts";

/**
 * The address of a local server that responds with 2xx when it is ready (`tcp:` if accepting a connection is enough),
 * and what a request needs.
 */
export interface ServerProbe {
  readonly url: string;
  /** With `tcp:`, if a connection is not enough: what to send, and how the response begins; bytes as Latin-1. */
  readonly says?: string;
  readonly expects?: RegExp;
  /** A text that must also be in its log; one from an earlier start counts. */
  readonly logged?: { readonly file: string; readonly text: string };
  /** PEM files. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One process of a sandbox: its address, and how it shows that it is ready. A Launch describes how it is started. */
export interface Component {
  /** `eu-west-1/etcd`, `aws`; also the name of its log. */
  readonly id: string;
  readonly name: string;
  /** Its AWS region; absent for the AWS endpoint. */
  readonly awsRegion?: string;
  readonly port: number;
  readonly probe: ServerProbe;
  /** Ids of components that must be ready before it starts. */
  readonly needs: readonly string[];
}

export const awsComponentId = "aws";

/** Returns every process of a sandbox. */
export function componentsOf(state: SandboxState, folder: SandboxFolder): readonly Component[] {
  return [
    {
      id: awsComponentId,
      name: "aws",
      port: state.aws.port,
      probe: { url: `${awsUrl(state)}/_sandbox/health`, headers: { "x-gennet-sandbox": "1" } },
      needs: [],
    },
    ...state.regions.flatMap(({ awsRegion, ports, pods }) => {
      const pki = (file: string): string => folder.region(awsRegion, "pki", file);
      const etcd = { caFile: pki("etcd-ca.crt"), certFile: pki("etcd-client.crt"), keyFile: pki("etcd-client.key") };
      const admin = { caFile: pki("ca.crt"), certFile: pki("admin.crt"), keyFile: pki("admin.key") };
      const component = (
        name: string,
        port: number,
        path: string,
        credentials: Omit<ServerProbe, "url">,
        needs: readonly string[],
      ): Component => ({
        id: `${awsRegion}/${name}`,
        name,
        awsRegion,
        port,
        probe: { url: `https://127.0.0.1:${port}${path}`, ...credentials },
        needs: needs.map((each) => `${awsRegion}/${each}`),
      });
      return [
        component("etcd", ports.etcd, "/readyz", etcd, []),
        component("kube-apiserver", ports.apiserver, "/readyz", admin, ["etcd"]),
        component("kube-controller-manager", ports.controllerManager, "/healthz", admin, ["kube-apiserver"]),
        component("kube-scheduler", ports.scheduler, "/healthz", admin, ["kube-apiserver"]),
        component("kwok", ports.kwok, "/healthz", admin, ["kube-apiserver"]),
        ...(pods === undefined
          ? []
          : [
              component("pod-kubelet", pods.kubeletPort, "/healthz", admin, ["kwok"]),
              {
                ...component("pod-runtime", pods.port, "", {}, ["kube-apiserver"]),
                probe: { url: `http://127.0.0.1:${pods.port}/healthz` },
              },
            ]),
      ];
    }),
  ];
}

export function titleOf(component: Pick<Component, "name" | "awsRegion">): string {
  return component.awsRegion === undefined ? "AWS endpoint" : `${component.awsRegion} ${component.name}`;
}

export function awsUrl(state: SandboxState): string {
  return `http://127.0.0.1:${state.aws.port}`;
}
