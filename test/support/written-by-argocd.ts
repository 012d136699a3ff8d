import { nonEmpty } from "./non-empty.ts";

interface Managed {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly managedFields?: readonly {
      readonly manager: string;
      readonly time?: string;
      readonly subresource?: string;
    }[];
  };
}

interface ListedApplications {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: {
      readonly resources?: readonly { readonly group?: string; readonly kind: string }[];
      readonly history?: readonly { readonly id: number }[];
      readonly operationState?: { readonly startedAt?: string };
    };
  }[];
}

type Kubectl = (...argv: string[]) => Promise<string>;

/**
 * Returns what Argo CD has written into what its Applications consist of: of each Application the last sync operation
 * and the number of deployments, and of each object when Argo CD wrote it last.
 */
export async function writtenByArgoCd(kubectl: Kubectl): Promise<Readonly<Record<string, string>>> {
  const read = async <T>(...argv: string[]): Promise<T> => JSON.parse(await kubectl(...argv, "-o", "json")) as T;
  const { items } = await read<ListedApplications>("-n", "argocd", "get", "applications");
  const operations = nonEmpty(items).map(({ metadata, status }): [string, string] => {
    const { operationState, history = [] } = status ?? {};
    return [`Application ${metadata.name}`, `${operationState?.startedAt} ${history.length}`];
  });
  const kinds = new Set(
    items.flatMap(({ status }) =>
      (status?.resources ?? []).map(({ group = "", kind }) => (group === "" ? kind : `${kind}.${group}`)),
    ),
  );
  const objects = await Promise.all(
    [...kinds].map(async (kind) =>
      read<{ readonly items: readonly Managed[] }>("get", kind.toLowerCase(), "-A", "--show-managed-fields"),
    ),
  );
  const written = objects
    .flatMap((list) => list.items)
    .flatMap(({ kind, metadata: { name, namespace = "", managedFields = [] } }): [string, string][] => {
      const own = managedFields.filter(({ manager, subresource }) => manager.startsWith("argocd") && !subresource);
      // The Applications themselves are where Argo CD notes that it has looked.
      if (own.length === 0 || kind === "Application") return [];
      return [[`${kind} ${namespace}/${name}`, own.map(({ manager, time }) => `${manager} ${time}`).join(", ")]];
    });
  return Object.fromEntries([...operations, ...nonEmpty(written)]);
}
