import { type Api, ApiError } from "./api.ts";
import type { Claim } from "./claimed-volumes.ts";
import { ConfigError, type Entries, type ReadEntries } from "./environment.ts";
import type { Pod, PodStatus } from "./pod.ts";
import type { TokenRequest } from "./volume-files.ts";

/** What the runtime reads and writes through the API for its pods. */
export interface PodObjects {
  read(kind: Parameters<ReadEntries>[0], namespace: string, name: string): Promise<Entries>;
  /** Returns the name of the volume that a claim is bound to. Throws ConfigError. */
  volumeOf(namespace: string, claim: string): Promise<string>;
  /** Returns a token of the pod's service account, bound to the pod. */
  token(pod: Pod, request: TokenRequest): Promise<string>;
  /** Returns the stored status; undefined if the pod is gone. */
  patchStatus(pod: Pod, status: PodStatus): Promise<PodStatus | undefined>;
  /** Deletes the object immediately, if it is still this pod's. */
  remove(pod: Pod): Promise<void>;
  /** Makes the API server use our server instead of kwok's for logs, exec and port-forward of a node's pods. */
  serveNode(name: string): Promise<void>;
}

interface Stored {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

export function podObjects(api: Api, kubeletPort: number, signal: AbortSignal): PodObjects {
  const pathOf = ({ metadata }: Pod): string => `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
  return {
    async read(kind, namespace, name) {
      const plural = kind === "Secret" ? "secrets" : "configmaps";
      const found = await api.get<Stored>(`/api/v1/namespaces/${namespace}/${plural}/${name}`, signal);
      if (found === undefined) return undefined;
      const entries = (from: Stored["data"], encoding: BufferEncoding): [string, Buffer][] =>
        Object.entries(from ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]);
      return Object.fromEntries([
        ...entries(found.data, kind === "Secret" ? "base64" : "utf8"),
        ...entries(found.binaryData, "base64"),
      ]);
    },
    async volumeOf(namespace, claim) {
      const path = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${claim}`;
      const found = await api.get<Claim>(path, signal);
      if (found === undefined) throw new ConfigError(`persistentvolumeclaim "${claim}" not found`);
      const { spec, status } = found;
      if (status?.phase === "Bound" && spec.volumeName !== undefined) return spec.volumeName;
      throw new ConfigError(`persistentvolumeclaim "${claim}" is not bound to a volume`);
    },
    async token({ metadata, spec }, { audience, expirationSeconds }) {
      const account = spec.serviceAccountName ?? "default";
      const answer = await api.send<{ status: { token: string } }>(
        "POST",
        `/api/v1/namespaces/${metadata.namespace}/serviceaccounts/${account}/token`,
        {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: {
            ...(audience === undefined ? {} : { audiences: [audience] }),
            expirationSeconds,
            boundObjectRef: { apiVersion: "v1", kind: "Pod", name: metadata.name, uid: metadata.uid },
          },
        },
        signal,
      );
      return answer.status.token;
    },
    async patchStatus(pod, status) {
      try {
        // The uid makes it fail if another pod has taken the name.
        const body = { metadata: { uid: pod.metadata.uid }, status };
        return (await api.send<Pod>("PATCH", `${pathOf(pod)}/status`, body, signal)).status;
      } catch (error) {
        if (error instanceof ApiError && (error.status === 404 || error.status === 409)) return undefined;
        throw error;
      }
    },
    async remove(pod) {
      try {
        const preconditions = { uid: pod.metadata.uid };
        await api.send("DELETE", pathOf(pod), { gracePeriodSeconds: 0, preconditions }, signal);
      } catch (error) {
        if (!(error instanceof ApiError && (error.status === 404 || error.status === 409))) throw error;
      }
    },
    async serveNode(name) {
      const path = `/api/v1/nodes/${name}/status`;
      const status = {
        daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
        // The API server uses this one first.
        addresses: [{ type: "InternalDNS", address: "localhost" }],
      };
      await api.send("PATCH", path, { status }, signal).catch((error: unknown) => {
        // The pod is about to be deleted, too.
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      });
    },
  };
}
