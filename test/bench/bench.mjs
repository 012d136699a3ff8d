import { cpus } from "node:os";
import { fleet } from "./fleet.mjs";
import { sideBySide, tableOf } from "./side-by-side.mjs";

/**
 * `npm run bench`: medians of runs side by side, as Markdown for docs/benchmarks.md. Nothing here passes or fails.
 * Needs kubectl on the PATH, and brings up a sandbox of its own for the figures of a large region.
 */
const node = process.execPath;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 15);
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

const { context, env, leave } = await fleet();
try {
  const kubectl = ["--context", context, "get", "nodes,deployments,pods", "-A"];
  const status = sideBySide(
    {
      "kubectl get nodes,deployments,pods -A": { command: "kubectl", args: kubectl, env },
      "gennet status": { ...gennet("status", "--context", context), env },
    },
    rounds,
  );
  process.stdout.write(`\n${tableOf("Status of one region with 2,000 pods and 300 Deployments", status)}\n`);
} finally {
  leave();
}
