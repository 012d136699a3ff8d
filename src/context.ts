import { setMaxListeners } from "node:events";
import { join } from "node:path";
import type { Aws } from "./aws/port.ts";
import type { Preview } from "./core/command.ts";
import { AppError } from "./core/error.ts";
import type { Emit } from "./core/event.ts";
import type { GlobalOptions } from "./core/global-flags.ts";
import type { JournalStore } from "./core/journal.ts";
import { remembered, shared } from "./core/shared.ts";
import { xdgFolder } from "./core/xdg.ts";
import type { Git } from "./git/port.ts";
import type { RemoteGit } from "./git/remote-port.ts";
import type { Host } from "./host/host.ts";
import type { RunFolders } from "./host/run-folders.ts";
import type { ArgoCd } from "./k8s/argocd/port.ts";
import type { Collectors } from "./k8s/collector/port.ts";
import type { Envoy } from "./k8s/envoy/port.ts";
import type { ContextCluster } from "./k8s/kubeconfig.ts";
import type { Istio } from "./k8s/istio/port.ts";
import type { ExternalSecrets } from "./k8s/external-secrets/port.ts";
import type { Cluster } from "./k8s/port.ts";
import type { Kustomize } from "./kustomize/port.ts";
import type { Prober } from "./k8s/probe/port.ts";
import type { Workloads } from "./k8s/workloads/port.ts";
import { clusterArnOf, type Place } from "./platform/place.ts";
import type { Platform, Region } from "./platform/schema.ts";

/**
 * What a command works with, built when it is first asked for. The only place that builds adapters, so that a
 * command which needs no cluster and no AWS loads neither.
 */
export interface Context {
  readonly host: Host;
  readonly options: GlobalOptions;
  /** Aborts on Ctrl-C and when --timeout is used up. */
  readonly signal: AbortSignal;
  readonly emit: Emit;
  readonly preview: Preview;
  /** Ends a live display for a question in the middle of the work. */
  readonly suspend: () => Promise<void>;
  /** Says that the same command line continues the work, should it be stopped from now on. */
  readonly resumable: () => void;
  platform(): Promise<Platform>;
  /** The regions of gennet.yaml that `name` or else --region names, or all of them. */
  regions(name?: string): Promise<readonly Region[]>;
  /** What --context names, else the regions. */
  places(): Promise<readonly Place[]>;
  /** AWS as seen from a region of gennet.yaml. */
  aws(region: Region): Promise<Aws>;
  git(): Promise<Git>;
  /** Repositories elsewhere. */
  remoteGit(): Promise<RemoteGit>;
  /** Kustomize as found on the PATH; `own` finds one for where there is none. */
  kustomize(own: () => Promise<string | undefined>): Promise<Kustomize>;
  /** The API server of a place. */
  cluster(place: Place): Promise<Cluster>;
  /** The cluster of a context in this machine's kubeconfig. */
  contextCluster(context: string): Promise<ContextCluster>;
  /** The Argo CD in the cluster of a place. */
  argocd(place: Place): Promise<ArgoCd>;
  /** Istio and its proxies, through that API server. */
  istio(place: Place): Promise<Istio>;
  envoy(place: Place): Promise<Envoy>;
  externalSecrets(place: Place): Promise<ExternalSecrets>;
  collectors(place: Place): Promise<Collectors>;
  workloads(place: Place): Promise<Workloads>;
  /** Makes calls from pods of an image of gennet; by default, of the one in GENNET_IMAGE or in gennet.yaml. */
  prober(place: Place, image?: string): Promise<Prober>;
  /** The journals of what changes the world, on this machine. */
  journals(): Promise<JournalStore>;
  /** The folders of runs of runbooks, on this machine. */
  runs(): Promise<RunFolders>;
  /** The same context with some of it replaced: what is built on the replaced part is built again. */
  over(
    changes: Partial<
      Pick<
        Context,
        "cluster" | "contextCluster" | "aws" | "places" | "platform" | "options" | "host" | "signal" | "prober"
      >
    >,
  ): Context;
  close(): Promise<void>;
}

type Adapters = Pick<Context, "argocd" | "istio" | "envoy" | "externalSecrets" | "collectors" | "workloads" | "prober">;

/** What is read through a cluster's API server. */
function adaptersOn(
  { cluster, platform, emit }: Pick<Context, "cluster" | "platform" | "emit">,
  { clock, env }: Host,
): Adapters {
  return {
    argocd: async (place) => {
      const { createArgoCd } = await import("./k8s/argocd/argocd.ts");
      return createArgoCd(await cluster(place), clusterArnOf(place));
    },
    istio: async (place) => {
      const { createIstio } = await import("./k8s/istio/istio.ts");
      return createIstio(await cluster(place));
    },
    envoy: async (place) => {
      const { createEnvoy } = await import("./k8s/envoy/envoy.ts");
      return createEnvoy(await cluster(place));
    },
    externalSecrets: async (place) => {
      const { createExternalSecrets } = await import("./k8s/external-secrets/external-secrets.ts");
      return createExternalSecrets(await cluster(place), clock);
    },
    collectors: async (place) => {
      const { createCollectors } = await import("./k8s/collector/collectors.ts");
      return createCollectors(await cluster(place));
    },
    workloads: async (place) => {
      const { createWorkloads } = await import("./k8s/workloads/workloads.ts");
      return createWorkloads(await cluster(place), clock);
    },
    prober: async (place, image) => {
      const { createProber } = await import("./k8s/probe/prober.ts");
      const warn = (text: string): void => emit({ type: "note", level: "warn", text });
      // A context given with --context works without any gennet.yaml.
      const given =
        image ?? env["GENNET_IMAGE"] ?? ("region" in place ? (await platform()).platform?.probe?.image : undefined);
      return createProber(await cluster(place), { image: given, clock, random: Math.random, warn });
    },
  };
}

export function createContext(
  host: Host,
  options: GlobalOptions,
  signal: AbortSignal,
  { emit, preview, suspend, resumable }: Pick<Context, "emit" | "preview" | "suspend" | "resumable">,
): Context {
  // Every request under way listens to it; more than ten at once are no leak.
  setMaxListeners(0, signal);
  const platform = shared(async () => {
    const { loadPlatform } = await import("./platform/load.ts");
    return loadPlatform(host.cwd, options.config);
  });
  const regions: Context["regions"] = async (name) =>
    selectRegions(await platform(), name === undefined ? options.region : [name]);
  /** Asked in the middle of the work, when AWS wants it: a live display would hide the question. */
  const mfaCode = async (serial: string): Promise<string> => {
    await suspend();
    return (await host.prompts()).text({ message: `MFA code of ${serial}` }, signal);
  };
  // A connection that failed is made again: what was not there a moment ago may be there now.
  const clouds = new Map<string, Promise<Aws>>();
  const connectedCloud = remembered(clouds);
  const aws = (region: Region): Promise<Aws> =>
    connectedCloud(region.name, async () => {
      const { connectAws } = await import("./aws/aws.ts");
      const { env, clock } = host;
      const requestTimeoutMs = options.requestTimeout;
      return connectAws(region, {
        env,
        clock,
        emit,
        random: Math.random,
        requestTimeoutMs,
        ...(host.interactive && !options.noInput ? { mfaCode } : {}),
      });
    });
  const clusters = new Map<string, Promise<Cluster>>();
  const connectedCluster = remembered(clusters);
  const cluster = (place: Place): Promise<Cluster> =>
    connectedCluster(place.name, async () => {
      const { connect } = await import("./k8s/connect.ts");
      const { accessEntriesOf, kubectlOf } = await import("./platform/place.ts");
      const { env, home, clock } = host;
      const requestTimeoutMs = options.requestTimeout;
      const commands = { kubectl: kubectlOf(place), accessEntries: accessEntriesOf(place) };
      return connect(place, { env, home, clock, requestTimeoutMs, aws, ...commands }, signal);
    });
  const git = shared(async () => {
    const { createGit } = await import("./git/git.ts");
    return createGit({ env: host.env, signal });
  });
  const remoteGit = shared(async () => {
    const { createRemoteGit } = await import("./git/remote-git.ts");
    return createRemoteGit({ env: host.env, now: host.clock.now });
  });
  const context: Context = {
    host,
    options,
    signal,
    emit,
    preview,
    suspend,
    resumable,
    platform,
    regions,
    places: async () => {
      if (options.context.length > 0) return [...new Set(options.context)].map((name) => ({ name, context: name }));
      return (await regions()).map((region) => ({ name: region.name, region }));
    },
    aws,
    git,
    remoteGit,
    kustomize: async (own) => {
      const { createKustomize } = await import("./kustomize/kustomize.ts");
      return createKustomize({ env: host.env, signal, own });
    },
    cluster,
    contextCluster: async (name) => {
      const { contextCluster } = await import("./k8s/kubeconfig.ts");
      const { env, home } = host;
      return contextCluster(name, { env, home, requestTimeoutMs: options.requestTimeout });
    },
    ...adaptersOn({ cluster, platform, emit }, host),
    journals: async () => {
      const { journalFolder } = await import("./host/journal-file.ts");
      return journalFolder(join(stateFolder(host), "journal"));
    },
    runs: async () => {
      const { runFolders } = await import("./host/run-folders.ts");
      return runFolders(join(stateFolder(host), "runbooks"));
    },
    over: (changes) => overlaid(context, changes),
    close: async () => {
      // What could not be connected has nothing to close.
      const opened = await Promise.allSettled([...clouds.values(), ...clusters.values()]);
      await Promise.all(opened.map(async (each) => (each.status === "fulfilled" ? each.value.close() : undefined)));
    },
  };
  return context;
}

function stateFolder({ env, home }: Host): string {
  return join(xdgFolder(env["XDG_STATE_HOME"], home, ".local/state"), "gennet");
}

function overlaid(context: Context, changes: Parameters<Context["over"]>[0]): Context {
  const changed = { ...context, ...changes };
  const adapters = changes.cluster === undefined ? {} : adaptersOn(changed, changed.host);
  const prober = changes.prober === undefined ? {} : { prober: changes.prober };
  const made: Context = { ...changed, ...adapters, ...prober, over: (more) => overlaid(made, more) };
  return made;
}

function selectRegions(platform: Platform, wanted: readonly string[]): readonly Region[] {
  if (wanted.length === 0) return platform.regions;
  return wanted.map((name) => {
    const region = platform.regions.find((candidate) => candidate.name === name);
    if (region !== undefined) return region;
    const known = platform.regions.map((candidate) => candidate.name).join(", ");
    throw new AppError("REGION_UNKNOWN", `gennet.yaml has no region "${name}".`, { next: [`It has: ${known}`] });
  });
}
