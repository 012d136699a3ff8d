import { cpus } from "node:os";
import { sideBySide, tableOf } from "./side-by-side.mjs";

/** `npm run bench`: medians of runs side by side, as Markdown for docs/benchmarks.md. Nothing here passes or fails. */
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

// A cluster to compare on, by its kubeconfig context: 2,000 pods are what the figures in the documents are for.
const context = process.env["BENCH_CONTEXT"];
if (context === undefined) {
  process.stdout.write("\nNo status was measured: set BENCH_CONTEXT to a kubeconfig context.\n");
} else {
  const kubectl = ["--context", context, "get", "nodes,deployments,pods", "-A"];
  const status = sideBySide(
    {
      "kubectl get nodes,deployments,pods -A": { command: "kubectl", args: kubectl },
      "gennet status": gennet("status", "--context", context),
    },
    rounds,
  );
  process.stdout.write(`\n${tableOf("Status of one region", status)}\n`);
}
