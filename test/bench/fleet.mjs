import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

const nodes = 20;
const deployments = 300;
const pods = 2_000;
const awsRegion = "eu-west-1";

/**
 * A sandbox region with 20 nodes, 300 Deployments and 2,000 pods, all ready; `leave` ends it. `kubectl` runs it there,
 * `sandbox` a command of `gennet sandbox`; `env` finds the sandbox's programs, too.
 * @param {"core" | "full"} profile
 * @returns {Promise<{ context: string, env: NodeJS.ProcessEnv, leave: () => void, kubectl: (words: string[], input?: string) => string, sandbox: (...words: string[]) => string }>}
 */
export async function fleet(profile) {
  const stateHome = mkdtempSync(join(tmpdir(), "gennet-bench-"));
  const env = { ...process.env, XDG_STATE_HOME: stateHome };
  const sandbox = (word, ...words) =>
    succeed(process.execPath, ["bin/gennet", "sandbox", word, "--name", "bench", ...words], env);
  const leave = () => {
    sandbox("down");
    rmSync(stateHome, { recursive: true });
  };
  try {
    sandbox("up", "--regions", awsRegion, "--profile", profile);
    const { variables } = JSON.parse(sandbox("env", "-o", "json"));
    const bin = join(stateHome, "gennet/sandbox/bench/bin");
    const inRegion = { ...env, ...variables, PATH: `${bin}:${process.env["PATH"]}` };
    const kubectl = (words, input) => succeed("kubectl", ["--context", awsRegion, ...words], inRegion, input);
    kubectl(["apply", "--server-side", "-f", "-"], JSON.stringify(manifests()));
    await allReady(kubectl, deployments);
    return { context: awsRegion, env: inRegion, leave, kubectl, sandbox };
  } catch (error) {
    leave();
    throw error;
  }
}

function manifests() {
  return {
    apiVersion: "v1",
    kind: "List",
    items: [
      ...Array.from({ length: nodes }, (_, index) => ({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: `bench-${index}`, annotations: { "kwok.x-k8s.io/node": "fake" } },
        status: { capacity: { cpu: "64", memory: "256Gi", pods: "250" } },
      })),
      ...Array.from({ length: deployments }, (_, index) => deployment(index)),
    ],
  };
}

function deployment(index) {
  const labels = { app: `bench-${index}` };
  const replicas = Math.floor(pods / deployments) + (index < pods % deployments ? 1 : 0);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: `bench-${index}`, namespace: "default", labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "app", image: "bench:1" }] } },
    },
  };
}

/** Follows the Deployments until the last one is available; nothing is measured before. */
export async function allReady(kubectl, count) {
  const late = (list) => list.items.filter((each) => each.status.availableReplicas !== each.spec.replicas).length;
  for (;;) {
    const left = late(JSON.parse(kubectl(["get", "deployments", "-A", "-o", "json"])));
    process.stderr.write(`… ${count - left} of ${count} Deployments available\n`);
    if (left === 0) return;
    await setTimeout(5_000);
  }
}

function succeed(command, args, env, input) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    env,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}
