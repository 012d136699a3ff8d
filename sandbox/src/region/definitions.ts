import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import type { ServerProbe } from "../processes/component.ts";
import type { CrdSet } from "../programs/crds.ts";
import { type LocalClient, localClient } from "./http.ts";

const collection = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const mark = "sandbox.gennet.dev/crds";

/**
 * Installs the definitions in an API server, except those that exist in this version, and waits until all are served.
 * Returns how many were written.
 */
export async function applyDefinitions(
  crds: CrdSet,
  apiserver: ServerProbe,
  sleep: (ms: number) => Promise<void>,
  signal: AbortSignal,
): Promise<number> {
  const client = await localClient(apiserver);
  try {
    const present = await read(client, signal);
    const missing = crds.items.filter(
      (item) => present.get(item.metadata.name)?.metadata.annotations?.[mark] !== crds.digest,
    );
    // One after the other: the server rebuilds its OpenAPI documents for each, which needs most of its memory.
    for (const item of missing) await put(client, item, crds.digest, present.get(item.metadata.name), signal);
    for (let pollMs = 50; missing.length > 0; pollMs = Math.min(pollMs * 2, 1_000)) {
      const now = await read(client, signal);
      if (missing.every((item) => isEstablished(now.get(item.metadata.name)))) break;
      await sleep(pollMs);
    }
    return missing.length;
  } finally {
    client.close();
  }
}

async function read(client: LocalClient, signal: AbortSignal): Promise<Map<string, KubeObject>> {
  const { status, text } = await client.ask(collection, { timeoutMs: 30_000 }, signal);
  if (status !== 200) throw new Error(`the API server answered ${status} to a list of its definitions: ${text}`);
  const { items } = JSON.parse(text) as { items: KubeObject[] };
  return new Map(items.map((item) => [item.metadata.name, item]));
}

/**
 * Creates it, or replaces the one from an older gennet. Both are much cheaper for the server than applying such a large
 * schema.
 */
async function put(
  client: LocalClient,
  item: KubeObject,
  digest: string,
  old: KubeObject | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { name } = item.metadata;
  const metadata = {
    ...item.metadata,
    annotations: { ...item.metadata.annotations, [mark]: digest },
    ...(old === undefined ? {} : { resourceVersion: old.metadata.resourceVersion }),
  };
  const { status, text } = await client.ask(
    old === undefined ? collection : `${collection}/${name}`,
    {
      method: old === undefined ? "POST" : "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...item, metadata }),
      timeoutMs: 60_000,
    },
    signal,
  );
  if (status >= 300) throw new Error(`the API server answered ${status} to ${name}: ${text}`);
}

function isEstablished(crd: KubeObject | undefined): boolean {
  const status = crd?.["status"] as { conditions?: readonly { type: string; status: string }[] } | undefined;
  return status?.conditions?.some(({ type, status }) => type === "Established" && status === "True") ?? false;
}
