import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { type Ended, runGennet } from "./cli.ts";
import type { FullSandbox } from "./full-sandbox.ts";
import { findUv } from "./uv.ts";

export interface PodView {
  readonly metadata: { readonly name: string; readonly namespace: string; readonly deletionTimestamp?: string };
  readonly spec: { readonly nodeName: string };
  readonly status: {
    readonly podIP: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export const soon = { timeout: 480_000, interval: 500 };

const script = [
  "import json, sys, urllib.error, urllib.request",
  "method, url, body, headers = sys.argv[1], sys.argv[2], sys.argv[3] or None, json.loads(sys.argv[4])",
  "request = urllib.request.Request(url, body and body.encode(), headers, method=method)",
  "try:",
  "    answer = urllib.request.urlopen(request, timeout=10)",
  "except urllib.error.HTTPError as refused:",
  "    answer = refused",
  "print(json.dumps({'status': answer.status, 'body': answer.read().decode()}))",
].join("\n");

/** Scaffolded services that Argo CD deploys to a sandbox from Git, and how to call them from their pods. */
export interface DeliveredServices {
  at(service: string, ...below: string[]): string;
  /** Runs any command of gennet, with the sandbox's gennet.yaml. */
  ask(...argv: string[]): Promise<Ended>;
  /** Runs a program and returns stdout; rejects if it exits with an error. */
  gennet(...argv: string[]): Promise<string>;
  scaffold(service: string, ...flags: string[]): Promise<void>;
  /** Commits the files in deploy/. */
  push(...services: string[]): Promise<void>;
  /** Does the same, and applies the Applications of every region. */
  deliver(...services: string[]): Promise<void>;
  /** Waits until every pod is ready and every Application synced, which may take minutes. */
  settled(...services: string[]): Promise<void>;
  podsOf(service: string, region?: string): Promise<readonly PodView[]>;
  podOf(service: string, region?: string): Promise<PodView>;
  /** Calls a URL from inside a pod of the service. */
  call(from: PodView, method: string, url: string, body?: object, headers?: object): Promise<Answer>;
  istioctl(...argv: string[]): Promise<string>;
  /** Returns what a pod's Envoy knows about a service: `ADDRESS:PORT` → the verdict of its outlier detection. */
  endpoints(caller: PodView, service: string): Promise<Readonly<Record<string, string>>>;
}

/** Bootstraps the sandbox's regions; `name` is the sandbox's. */
export async function deliveredServices(
  sandbox: FullSandbox,
  name: string,
  regions: readonly string[],
): Promise<DeliveredServices> {
  const [home = ""] = regions;
  const at = (service: string, ...below: string[]): string => join(sandbox.work, service, ...below);
  const ask = (...argv: string[]): Promise<Ended> => runGennet(argv, { env: sandbox.env, cwd: sandbox.work });
  const gennet = async (...argv: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await ask(...argv);
    if (exit !== 0) throw new Error(`gennet ${argv.join(" ")} ended with ${exit}: ${stderr}`);
    return stdout;
  };
  const podsOf = async (service: string, region = home): Promise<readonly PodView[]> => {
    const selector = `app.kubernetes.io/name=${service}`;
    const words = ["--context", region, "get", "pods", "-n", service, "-l", selector, "-o", "json"];
    return (JSON.parse(await sandbox.kubectl(...words)) as { items: readonly PodView[] }).items;
  };
  const istioctl = (...argv: string[]): Promise<string> =>
    sandbox.succeed(join(sandbox.root, "bin", "istioctl"), ...argv);
  const push = async (...services: readonly string[]): Promise<void> => {
    const files: Record<string, string> = {};
    for (const service of services) {
      const listed = await sandbox.succeed("find", at(service, "deploy"), "-type", "f", "-name", "*.yaml");
      for (const path of listed.trim().split("\n")) {
        files[path.slice(sandbox.work.length + 1)] = await readFile(path, "utf8");
      }
    }
    await sandbox.push(files);
  };
  await writeFile(join(sandbox.work, "gennet.yaml"), await gennet("sandbox", "env", "--platform", "--name", name));
  await gennet("region", "bootstrap", "--yes");
  return {
    at,
    ask,
    gennet,
    async scaffold(service, ...flags) {
      await gennet("new", "service", service, "--domain", "shop", "--owner", "team-shop", "--entity", "item", ...flags);
      await sandbox.succeed(await findUv(), "sync", "--quiet", "--no-dev", "--directory", at(service));
      await gennet("sandbox", "image", service, service, "--name", name);
    },
    push,
    async deliver(...services) {
      await push(...services);
      for (const region of regions) {
        for (const service of services) {
          const application = at(service, "deploy", "applications", `${region}.yaml`);
          await sandbox.kubectl("--context", region, "apply", "-f", application);
        }
      }
    },
    async settled(...services) {
      for (const region of regions) {
        for (const service of services) {
          const ready = async (): Promise<readonly boolean[]> =>
            (await podsOf(service, region)).map(
              ({ status }) =>
                status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true,
            );
          await expect.poll(ready, soon).toEqual([true, true]);
          const sync = ["get", "application", service, "-n", "argocd", "-o", "jsonpath={.status.sync.status}"];
          await expect.poll(() => sandbox.kubectl("--context", region, ...sync), soon).toBe("Synced");
          // Argo CD considers an autoscaler without metrics of new pods degraded.
          const scales = ["wait", "hpa", "--all", "-n", service, "--for=condition=ScalingActive", "--timeout=180s"];
          await sandbox.kubectl("--context", region, ...scales);
        }
      }
    },
    podsOf,
    async podOf(service, region) {
      const [pod] = await podsOf(service, region);
      if (pod === undefined) throw new Error(`there is no pod of ${service}`);
      return pod;
    },
    async call({ metadata: { namespace, name: pod } }, method, url, body, headers = {}) {
      const typed = JSON.stringify({ "content-type": "application/json", ...headers });
      const words = [script, method, url, body === undefined ? "" : JSON.stringify(body), typed];
      const within = ["exec", "-n", namespace, pod, "-c", "app", "--", "python3", "-c", ...words];
      return JSON.parse(await sandbox.kubectl(...within)) as Answer;
    },
    istioctl,
    async endpoints({ metadata }, service) {
      const cluster = `outbound|80||${service}.${service}.svc.cluster.local`;
      const pod = `${metadata.name}.${metadata.namespace}`;
      const text = await istioctl("proxy-config", "endpoint", pod, "--cluster", cluster);
      const rows = text.split("\n").map((line) => line.trim().split(/\s+/));
      return Object.fromEntries(
        rows.flatMap(([address = "", , outlier = ""]) => (/:\d+$/.test(address) ? [[address, outlier]] : [])),
      );
    },
  };
}
