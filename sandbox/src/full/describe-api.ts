import type { ServerProbe } from "../processes/component.ts";
import { localClient } from "../region/http.ts";

/** As Kubernetes' own clients request it. */
const protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
const attempts = 5;

/**
 * Makes an API server build the OpenAPI description of all its kinds. It does so on the first request, which takes half
 * a minute on a busy machine: Argo CD gives up before that and then compares nothing for two minutes. If it fails here
 * too, Argo CD reports it.
 */
export async function describeApi(apiserver: ServerProbe, signal: AbortSignal): Promise<void> {
  const client = await localClient(apiserver);
  try {
    for (let attempt = 0; attempt < attempts; attempt++) {
      const ask = { headers: { accept: protobuf }, timeoutMs: 90_000 };
      const answer = await client.ask("/openapi/v2", ask, signal).catch(() => undefined);
      signal.throwIfAborted();
      if (answer?.status === 200) return;
    }
  } finally {
    client.close();
  }
}
