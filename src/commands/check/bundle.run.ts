import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Eks } from "../../aws/eks/port.ts";
import type { Aws } from "../../aws/port.ts";
import type { SecretsManager } from "../../aws/secrets/port.ts";
import type { Context } from "../../context.ts";
import { fileError } from "../../core/file-error.ts";
import { recorded, type RecordedCall, replayed } from "../../core/recording.ts";
import { replaceFile } from "../../core/replace-file.ts";
import { remembered } from "../../core/shared.ts";
import { type Bundle, bundleText, parseBundle } from "../../health/bundle.ts";
import type { Cluster } from "../../k8s/port.ts";
import { kubectlOf, type Place } from "../../platform/place.ts";

const paged = ["list", "table"];

type Kubeconfig = Pick<Context, "contextCluster">;
const kubeconfig = "kubeconfig";

/** A context whose reads are recorded for a bundle. */
export interface Recording {
  readonly context: Context;
  /** Discards what was read so far, so that each poll has its own reads. */
  readonly begin: () => void;
  /** Writes what was read since `begin`. Throws REPORT_UNWRITABLE. */
  readonly write: (file: string) => Promise<void>;
}

/** Returns a context that reads through another one, and records what it reads. */
export function recording(context: Context): Recording {
  const calls: RecordedCall[] = [];
  const keep = (call: RecordedCall): void => void calls.push(call);
  const connect = async (place: Place): Promise<Cluster> => {
    const port = `${place.name}/cluster`;
    const door = recorded({ connect: () => context.cluster(place) }, port, (call) => {
      if (call.error !== undefined) keep(call);
    });
    return recorded(await door.connect(), port, keep);
  };
  const aws: Context["aws"] = async (region) => {
    const real = await context.aws(region);
    const service: Aws["service"] = async (name) => recorded(await real.service(name), `${region.name}/${name}`, keep);
    return { ...real, service };
  };
  return {
    // A probe writes: what its pod found out is in no bundle.
    context: context.over({
      cluster: connect,
      aws,
      contextCluster: recorded<Kubeconfig>({ contextCluster: context.contextCluster }, kubeconfig, keep).contextCluster,
      prober: context.prober,
    }),
    begin: () => void calls.splice(0),
    async write(file) {
      const places = await context.places();
      const { namespace } = context.options;
      const platform = places.some((place) => "region" in place) ? await context.platform() : undefined;
      const bundle: Bundle = {
        ...(platform === undefined ? {} : { platform }),
        ...(namespace === undefined ? {} : { namespace }),
        now: context.host.clock.now(),
        places,
        calls,
      };
      await replaceFile(resolve(context.host.cwd, file), bundleText(bundle)).catch((error: unknown) => {
        throw fileError("REPORT_UNWRITABLE", "written", { path: file, shownAs: `The bundle ${file}` }, error);
      });
    },
  };
}

/** Returns a context that answers from a bundle, at the time of the bundle. Throws BUNDLE_INVALID, FILE_UNUSABLE. */
export async function replaying(file: string, context: Context): Promise<Context> {
  const { host } = context;
  const text = await readFile(resolve(host.cwd, file), "utf8").catch((error: unknown) => {
    throw fileError("FILE_UNUSABLE", "read", { path: file, shownAs: `The bundle ${file}` }, error);
  });
  const { places, calls, now, platform, namespace } = parseBundle(text, file);
  const connect = async (place: Place): Promise<Cluster> => {
    const port = `${place.name}/cluster`;
    const refusal = calls.find((call) => call.port === port && call.method === "connect");
    if (refusal !== undefined) await replayed<Pick<Connecting, "connect">>([refusal], port, [], {}).connect();
    const facts = { name: place.name, kubectl: kubectlOf(place), close: async () => undefined };
    return replayed<Cluster>(calls, port, paged, facts);
  };
  // Everything that reads through a cluster shares one queue of answers, in the order of the calls.
  const connected = remembered<Cluster>();
  const cluster: Context["cluster"] = (place) => connected(place.name, () => connect(place));
  const aws: Context["aws"] = async (region) => {
    const service = async (name: "eks" | "secrets"): Promise<Eks | SecretsManager> =>
      replayed<Eks | SecretsManager>(calls, `${region.name}/${name}`, paged, {});
    return { service } as unknown as Aws;
  };
  return context.over({
    cluster,
    aws,
    contextCluster: replayed<Kubeconfig>(calls, kubeconfig, paged, {}).contextCluster,
    places: async () => places,
    ...(platform === undefined ? {} : { platform: async () => platform }),
    options: { ...context.options, namespace: namespace ?? context.options.namespace },
    // What a check waits for has happened: the next answer is in the bundle.
    host: { ...host, clock: { ...host.clock, now: () => now, sleep: async () => undefined } },
  });
}

interface Connecting {
  connect(): Promise<never>;
}
