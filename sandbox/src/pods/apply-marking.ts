import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import type { ServerProbe } from "../processes/component.ts";
import { type LocalClient, localClient } from "../region/http.ts";
import type { Setting } from "../setting.ts";
import { AppError } from "../../../src/core/error.ts";
import { type Image, repositoryOf } from "./image.ts";
import { markingObjects, realLabel } from "./marking.ts";

const timeoutMs = 15_000;
const takesEffectMs = 30_000;
const json = { "content-type": "application/json" };

/** Writes the policy that marks pods, and waits until the API server enforces it. */
export async function applyMarking(
  images: readonly Image[],
  latest: Image,
  apiserver: ServerProbe,
  { host, signal }: Setting,
): Promise<void> {
  const client = await localClient(apiserver);
  try {
    for (const object of markingObjects(images)) await put(client, object, signal);
    const deadline = host.clock.now() + takesEffectMs;
    while (!(await marks(client, latest, signal))) {
      if (host.clock.now() > deadline) throw refused("it does not label pods of the image");
      await host.clock.sleep(100, signal);
    }
  } finally {
    client.close();
  }
}

async function put(client: LocalClient, object: KubeObject, signal: AbortSignal): Promise<void> {
  const plural =
    object.kind === "MutatingAdmissionPolicy" ? "mutatingadmissionpolicies" : "mutatingadmissionpolicybindings";
  const path = `/apis/${object.apiVersion}/${plural}/${object.metadata.name}?fieldManager=gennet&force=true`;
  const ask = { method: "PATCH", headers: { "content-type": "application/apply-patch+yaml" }, timeoutMs };
  const { status, text } = await client.ask(path, { ...ask, body: JSON.stringify(object) }, signal);
  if (status >= 300) throw refused(`it answered ${status} to ${object.kind}: ${text.slice(0, 300)}`);
}

/** Sends a dry-run request for a pod. */
async function marks(client: LocalClient, { name }: Image, signal: AbortSignal): Promise<boolean> {
  const image = repositoryOf(name) === name ? `${name}:any` : name;
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { generateName: "sandbox-image-" },
    spec: { containers: [{ name: "any", image }] },
  };
  const ask = { method: "POST", headers: json, body: JSON.stringify(pod), timeoutMs };
  const { status, text } = await client.ask("/api/v1/namespaces/default/pods?dryRun=All", ask, signal);
  if (status >= 300) return false;
  const { metadata } = JSON.parse(text) as KubeObject;
  return metadata.labels?.[realLabel] === "true";
}

function refused(what: string): AppError {
  return new AppError("SANDBOX_COMPONENT_FAILED", `The API server cannot distinguish real pods from simulated ones: ${what}.`, {
    next: ["gennet sandbox status  # shows whether it runs", "gennet sandbox up  # starts what is not running"],
  });
}
