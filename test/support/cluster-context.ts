import type { Context } from "../../src/context.ts";
import { AppError } from "../../src/core/error.ts";
import type { Event } from "../../src/core/event.ts";
import { createArgoCd } from "../../src/k8s/argocd/argocd.ts";
import { createEnvoy } from "../../src/k8s/envoy/envoy.ts";
import { createExternalSecrets } from "../../src/k8s/external-secrets/external-secrets.ts";
import { createIstio } from "../../src/k8s/istio/istio.ts";
import { fakeCluster, type FakeClusterOptions } from "./fake-cluster.ts";
import { type HostOptions, memoryHost } from "./host.ts";
import { mustBeUsed } from "./must-be-used.ts";

/** The objects of a cluster, the error that makes it unreachable, or its objects at each successive read. */
type InMemory = FakeClusterOptions | AppError | (() => FakeClusterOptions);

export interface ClusterContext extends Context {
  readonly events: readonly Event[];
  /** The content of stdout. */
  written(): string;
}

/** Returns a command's context over in-memory clusters, one for each kubeconfig context. */
export function clusterContext(
  clusters: Readonly<Record<string, InMemory>>,
  options: HostOptions & { readonly timeout?: number; readonly namespace?: string } = {},
): ClusterContext {
  const host = memoryHost(options);
  const events: Event[] = [];
  const asked = new Set<string>();
  const refused = Object.keys(clusters).filter((name) => clusters[name] instanceof AppError);
  if (refused.length > 0)
    mustBeUsed("clusters that cannot be reached", () => refused.filter((name) => !asked.has(name)));
  const looked = new Map<string, ReturnType<typeof fakeCluster>>();
  const connect: Context["cluster"] = async ({ name }) => {
    const held = clusters[name] ?? {};
    asked.add(name);
    if (held instanceof AppError) throw held;
    const cluster = looked.get(name) ?? fakeCluster(typeof held === "function" ? held() : held);
    looked.set(name, cluster);
    return cluster;
  };
  const adaptersOn = (cluster: Context["cluster"]): Partial<Context> => ({
    istio: async (place) => createIstio(await cluster(place)),
    argocd: async (place) => createArgoCd(await cluster(place)),
    externalSecrets: async (place) => createExternalSecrets(await cluster(place), host.clock),
    envoy: async (place) => createEnvoy(await cluster(place)),
  });
  const overlaid = (below: Context, changes: Partial<Context>): Context => {
    const made: Context = { ...below, ...changes, ...(changes.cluster && adaptersOn(changes.cluster)) };
    return { ...made, over: (more) => overlaid(made, more) };
  };
  const context: Partial<Context> = {
    host,
    options: {
      context: Object.keys(clusters),
      namespace: options.namespace,
      timeout: options.timeout,
      output: "table",
    } as unknown as Context["options"],
    signal: host.signal,
    emit: (event) => void events.push(event),
    places: async () => {
      looked.clear();
      return Object.keys(clusters).map((name) => ({ name, context: name }));
    },
    cluster: connect,
    ...adaptersOn(connect),
    over: (changes) => overlaid(context as Context, changes),
  };
  return { ...(context as Context), events, written: () => host.stdout.written() };
}
