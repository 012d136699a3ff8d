import type { ContainerSpec, PodSpec, PodVolume, SecretItems, MountSpec } from "../../core/kubernetes/pod.ts";
import type { SecretUse } from "./port.ts";

type Use = Omit<SecretUse, "container">;

/**
 * Returns how a pod's containers get the Secret's values; undefined if none does, empty if only init containers do.
 * Credentials for pulling images do not count.
 */
export function secretUses(spec: PodSpec, secret: string): SecretUse[] | undefined {
  const usesOf = (container: ContainerSpec): SecretUse[] =>
    [
      ...variablesOf(container, secret),
      ...(container.volumeMounts ?? []).flatMap((mount) => filesOf(spec.volumes ?? [], mount, secret)),
    ].map((use) => ({ container: container.name, ...use }));
  const init = spec.initContainers ?? [];
  const sidecars = init.filter(({ restartPolicy }) => restartPolicy === "Always");
  const running = [...(spec.containers ?? []), ...sidecars, ...(spec.ephemeralContainers ?? [])].flatMap(usesOf);
  const first = init.flatMap(usesOf);
  return running.length + first.length === 0 ? undefined : running;
}

/**
 * `env` takes precedence over `envFrom`, and the last entry of each wins:
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables
 */
function variablesOf({ env = [], envFrom = [] }: ContainerSpec, secret: string): Use[] {
  const last = env.filter(({ name }, at) => env.findLastIndex((each) => each.name === name) === at);
  const single = last.flatMap(({ name, valueFrom }): Use[] => {
    const from = valueFrom?.secretKeyRef;
    return from?.name === secret ? [{ as: "variable", at: name, key: from.key }] : [];
  });
  const hidden = new Set(env.map(({ name }) => name));
  const whole = envFrom.flatMap(({ prefix = "", secretRef }, at): Use[] => {
    if (secretRef?.name !== secret) return [];
    const contested = at < envFrom.length - 1;
    return [{ as: "variable", at: prefix, hidden, ...(contested && { contested }) }];
  });
  return [...single, ...whole];
}

function filesOf(volumes: readonly PodVolume[], mount: MountSpec, secret: string): Use[] {
  const volume = volumes.find((each) => each.name === mount.name);
  const sources: SecretItems[] = [
    ...(volume?.secret?.secretName === secret ? [volume.secret] : []),
    ...(volume?.projected?.sources ?? []).flatMap((each) => (each.secret?.name === secret ? [each.secret] : [])),
  ];
  const folder = mount.mountPath.replace(/\/$/, "");
  return sources.flatMap(({ items }): Use[] => {
    // subPathExpr refers to variables of the container, whose values are not in the spec.
    if (mount.subPathExpr) return [{ as: "file" }];
    const within = (mount.subPath ?? "").replace(/^\.?\/+|\/+$|^\.$/g, "");
    if (within === "") {
      if (items === undefined) return [{ as: "file", at: `${folder}/` }];
      return items.map(({ key, path }) => ({ as: "file", at: `${folder}/${path}`, key }));
    }
    if (items === undefined) return [{ as: "file", at: folder, key: within }];
    return items.flatMap(({ key, path }): Use[] => {
      if (path === within) return [{ as: "file", at: folder, key }];
      return path.startsWith(`${within}/`) ? [{ as: "file", at: folder + path.slice(within.length), key }] : [];
    });
  });
}
