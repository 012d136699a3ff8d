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
