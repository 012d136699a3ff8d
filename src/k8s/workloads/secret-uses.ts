import type { SecretUse } from "./port.ts";

/** The fields of a pod's spec by which Secrets get into containers. */
export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
}

interface Container {
  readonly name: string;
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: { readonly secretKeyRef?: { readonly name?: string; readonly key: string } };
  }[];
  readonly envFrom?: readonly { readonly prefix?: string; readonly secretRef?: { readonly name?: string } }[];
  readonly volumeMounts?: readonly Mount[];
}

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
}

interface Items {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
}

interface Volume {
  readonly name: string;
  readonly secret?: Items & { readonly secretName?: string };
  readonly projected?: { readonly sources?: readonly { readonly secret?: Items & { readonly name?: string } }[] };
}

/**
 * How a pod's containers get the Secret's values; undefined where none does. Credentials for pulling images are not
 * values that a container gets.
 */
export function secretUses(spec: PodSpec, secret: string): SecretUse[] | undefined {
  const usesOf = ({ name: container, env = [], envFrom = [], volumeMounts = [] }: Container): SecretUse[] => [
    ...env.flatMap(({ name, valueFrom }) => {
      const from = valueFrom?.secretKeyRef;
      return from?.name === secret ? [{ container, as: "variable", at: name, key: from.key } as const] : [];
    }),
    ...envFrom.flatMap(({ prefix = "", secretRef }) =>
      secretRef?.name === secret ? [{ container, as: "variable", at: prefix } as const] : [],
    ),
    ...volumeMounts.flatMap((mount) =>
      filesOf(spec.volumes ?? [], mount, secret).map((use) => ({ container, ...use })),
    ),
  ];
  const running = (spec.containers ?? []).flatMap(usesOf);
  const first = (spec.initContainers ?? []).flatMap(usesOf);
  return running.length + first.length === 0 ? undefined : running;
}

function filesOf(volumes: readonly Volume[], mount: Mount, secret: string): Omit<SecretUse, "container">[] {
  const volume = volumes.find((each) => each.name === mount.name);
  const sources: Items[] = [
    ...(volume?.secret?.secretName === secret ? [volume.secret] : []),
    ...(volume?.projected?.sources ?? []).flatMap((each) => (each.secret?.name === secret ? [each.secret] : [])),
  ];
  const folder = mount.mountPath.replace(/\/$/, "");
  return sources.flatMap(({ items }): Omit<SecretUse, "container">[] => {
    if (mount.subPath !== undefined) {
      const key = items === undefined ? mount.subPath : items.find(({ path }) => path === mount.subPath)?.key;
      return key === undefined ? [] : [{ as: "file", at: folder, key }];
    }
    if (items === undefined) return [{ as: "file", at: `${folder}/` }];
    return items.map(({ key, path }) => ({ as: "file", at: `${folder}/${path}`, key }));
  });
}
