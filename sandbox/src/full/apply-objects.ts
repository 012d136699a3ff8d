import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import type { ServerProbe } from "../processes/component.ts";
import { localClient } from "../region/http.ts";

/** Applies objects server-side, in order; fields of other managers stay. */
export async function applyObjects(
  objects: readonly KubeObject[],
  apiserver: ServerProbe,
  signal: AbortSignal,
): Promise<void> {
  const client = await localClient(apiserver);
  try {
    for (const object of objects) {
      const { status, text } = await client.ask(
        `${pathOf(object)}?fieldManager=gennet-sandbox&force=true`,
        {
          method: "PATCH",
          // JSON is YAML.
          headers: { "content-type": "application/apply-patch+yaml" },
          body: JSON.stringify(object),
          timeoutMs: 30_000,
        },
        signal,
      );
      const { kind, metadata } = object;
      if (status >= 300) throw new Error(`the API server answered ${status} to ${kind} ${metadata.name}: ${text}`);
    }
  } finally {
    client.close();
  }
}

/** The paths of the kinds of {@link KubeObject} that a sandbox creates; their plurals are regular. */
function pathOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): string {
  const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = namespace === undefined ? "" : `/namespaces/${namespace}`;
  return `${group}${place}/${kind.toLowerCase()}s/${name}`;
}
