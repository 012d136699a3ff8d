import { cpus, platform } from "node:os";
import { distant } from "./distant.mjs";
import { fleet } from "./fleet.mjs";
import { populate } from "./platform.mjs";
import { sideBySide, tableOf } from "./side-by-side.mjs";

/**
 * `npm run bench`: medians of runs side by side, as Markdown for docs/benchmarks.md. Nothing here passes or fails.
 * Needs kubectl on the PATH, and brings up a sandbox of its own for the figures of a large region. Where that can be of
 * profile full (Linux, root) it has a real mesh and a real Argo CD, too.
 */
const node = process.execPath;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 15);
/** As far as another region of the same continent. */
const roundTripMs = 20;
const full = platform() === "linux" && process.getuid?.() === 0;
const gennet = (...args) => ({ command: node, args: ["bin/gennet", ...args] });

const startUp = sideBySide(
  {
    "node -e 0": { command: node, args: ["-e", "0"] },
    "gennet --version": gennet("--version"),
    "gennet --help": gennet("--help"),
    "gennet explain": gennet("explain"),
  },
  rounds,
);

process.stdout.write(
  `Node.js ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, medians of ${rounds} rounds.\n\n`,
);
process.stdout.write(`${tableOf("Start-up", startUp)}\n`);

const region = await fleet(full ? "full" : "core");
const { context, env, leave } = region;
const kubectl = ["kubectl", "--context", context, "get", "nodes,deployments,pods", "-A"];
const inTurn = (...commands) => ({
  command: "sh",
  args: ["-ec", commands.map((words) => words.join(" ")).join("\n")],
  env,
});
const print = (title, subjects) => process.stdout.write(`\n${tableOf(title, sideBySide(subjects, rounds))}\n`);
try {
  print("Status of one region with 2,000 pods and 300 Deployments", {
    "kubectl get nodes,deployments,pods -A": inTurn(kubectl),
    "gennet status --only cluster,nodes,workloads,pods": {
      ...gennet("status", "--context", context, "--only", "cluster,nodes,workloads,pods"),
      env,
    },
  });
  if (full) {
    const proxies = await populate(region);
    const subjects = (own) => ({
      "istioctl proxy-config endpoint, pod by pod": {
        ...inTurn(...proxies.map((pod) => ["istioctl", "--context", context, "proxy-config", "endpoint", pod])),
        env: own,
      },
      "gennet breakers": { ...gennet("breakers", "--context", context), env: own },
    });
    print(`Breakers of ${proxies.length} real proxies, on the machine of who asks`, subjects(env));
    const far = await distant(env.KUBECONFIG, roundTripMs);
    print(`The same, ${roundTripMs} ms away`, subjects({ ...env, KUBECONFIG: far.kubeconfig }));
    far.end();
    print("The whole status of that region, with 20 real proxies and 20 Applications", {
      "kubectl get nodes,deployments,pods -A; istioctl proxy-status; argocd app list": inTurn(
        kubectl,
        ["istioctl", "--context", context, "proxy-status"],
        ["argocd", "app", "list"],
      ),
      "gennet status": { ...gennet("status", "--context", context), env },
    });
  }
} finally {
  leave();
}
// It brings up a sandbox of its own.
if (full) await import("./sync.mjs");
