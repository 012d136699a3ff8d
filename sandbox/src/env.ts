import { clusterName } from "./names.ts";
import { stringify } from "yaml";
import type { Host } from "../../src/host/host.ts";
import { fullAddresses } from "./full/addresses.ts";
import { gitopsUrl } from "./full/gitops-repository.ts";
import { awsUrl } from "./processes/component.ts";
import type { SandboxFolder } from "./folders.ts";
import { runsBeside, type SandboxState } from "./state.ts";
import { mirrorUrl } from "./upstream/mirror.ts";
import { gennetImageName } from "./upstream/gennet-image.ts";
import { tracingEndpoint } from "./upstream/tracing.ts";

export interface Environment {
  readonly variables: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

/**
 * Returns the variables with which kubectl, the AWS CLI and the AWS SDKs find a sandbox. None of them is specific to
 * gennet.
 */
export function sandboxEnvironment(state: SandboxState, folder: SandboxFolder, env: Host["env"]): Environment {
  const region = state.regions[0]?.awsRegion ?? "";
  return {
    variables: {
      KUBECONFIG: folder.kubeconfig,
      AWS_ENDPOINT_URL: awsUrl(state),
      AWS_ACCESS_KEY_ID: state.aws.accessKeyId,
      AWS_SECRET_ACCESS_KEY: state.aws.secretAccessKey,
      AWS_REGION: region,
      // Only the AWS CLI 1 and boto3 use this one.
      AWS_DEFAULT_REGION: region,
      ...programPath(state, folder, env),
      ...fullVariables(state, folder),
      ...withoutProxy(env),
    },
    // In the SDK for JavaScript, a profile has precedence over keys; a session token belongs to a different key.
    unset: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN"],
  };
}

/** Returns the environment of a process that uses a sandbox. */
export function environmentIn(state: SandboxState, folder: SandboxFolder, env: Host["env"]): Host["env"] {
  const { variables, unset } = sandboxEnvironment(state, folder, env);
  return Object.fromEntries(Object.entries({ ...env, ...variables }).filter(([name]) => !unset.includes(name)));
}

/** Puts the programs that come with the platform first. */
function programPath(state: SandboxState, folder: SandboxFolder, env: Host["env"]): Record<string, string> {
  if (!runsBeside(state) && !hasUpstream(state)) return {};
  const path = (env["PATH"] ?? "").split(":").filter((each) => each !== folder.bin);
  return { PATH: [folder.bin, ...path].join(":") };
}

/** The commands `argocd` and `istioctl`, and services, use the first region; the others are in the document. */
function fullVariables(state: SandboxState, folder: SandboxFolder): Record<string, string> {
  const [region] = fullAddresses(state, folder)?.regions ?? [];
  if (region === undefined) return {};
  return {
    ARGOCD_SERVER: region.argocd,
    ARGOCD_OPTS: "--plaintext",
    OTEL_EXPORTER_OTLP_ENDPOINT: region.otlp,
    PROMETHEUS_URL: region.prometheus,
  };
}

/** A proxy must not be used for addresses on this machine. */
function withoutProxy(env: Host["env"]): Record<string, string> {
  const proxied = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
  if (!proxied.some((name) => env[name] !== undefined && env[name] !== "")) return {};
  const present = (env["no_proxy"] ?? env["NO_PROXY"] ?? "").split(",").filter((each) => each !== "");
  const value = [...new Set([...present, "127.0.0.1", "localhost"])].join(",");
  return { NO_PROXY: value, no_proxy: value };
}

/**
 * Returns a gennet.yaml for the sandbox, without contexts, so that clusters are found with DescribeCluster, as on AWS.
 */
export function platformOf(state: SandboxState, folder: SandboxFolder): string {
  const isUpstream = hasUpstream(state);
  const platform = {
    mirror: mirrorUrl(folder),
    // This Envoy lacks the extension that counts requests.
    istio: { values: { telemetry: { enabled: false } } },
    tracing: { endpoint: tracingEndpoint },
    probe: { image: gennetImageName },
  };
  const gitops = gitopsOf(state, folder);
  return stringify({
    name: "sandbox",
    domain: "sandbox.example",
    ...(gitops === undefined ? {} : { gitops: { repository: gitops } }),
    // So that a sandbox can be removed region by region.
    ...(isUpstream ? { platform, stores: { postgres: { deletionProtection: false }, redis: {} } } : {}),
    regions: state.regions.map(({ awsRegion }, index) => ({
      name: awsRegion,
      awsRegion,
      accountId: state.aws.accountId,
      cluster: clusterName(awsRegion),
      ...(index === 0 ? { primary: true } : {}),
      // VPCs whose ranges overlap can never be peered.
      network: { cidr: `10.${index}.0.0/16` },
      // The controllers of managed nodes work only on AWS.
      ...(isUpstream ? { nodes: { mode: "auto" } } : {}),
    })),
  });
}

/** Returns the URL of a sandbox's GitOps repository; undefined if nothing in it reads one. */
export function gitopsOf(state: SandboxState, folder: SandboxFolder): string | undefined {
  return hasUpstream(state) ? gitopsUrl(folder) : fullAddresses(state, folder)?.gitops;
}

/** Returns whether the images of the platform's components are registered. */
function hasUpstream({ images = [] }: SandboxState): boolean {
  return images.some(({ soleTag }) => soleTag === true);
}
