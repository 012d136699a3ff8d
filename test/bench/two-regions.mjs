import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `node test/bench/two-regions.mjs`: a full bootstrap of two regions in scaled time, beside the critical path of its
 * graph, and eksctl's order on the same lifecycles. BENCH_SCALE is how much faster they are, 5 by default: what this
 * machine computes for AWS counts as many times as much.
 * @returns {string} a Markdown table
 */
export function twoRegions() {
  const folder = mkdtempSync(join(tmpdir(), "gennet-bench-"));
  const out = join(folder, "figures.json");
  try {
    const words = ["--no-install", "vitest", "run", "--project", "bench", "test/bench/two-regions.test.ts"];
    const { status } = spawnSync("npx", words, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, BENCH_OUT: out },
    });
    if (status !== 0) throw new Error(`npx ${words.join(" ")} ended with ${status}`);
    const { scale, wallMs, criticalMs, chain, eksctl, sameMs } = JSON.parse(readFileSync(out, "utf8"));
    const slow = chain.filter(({ ms }) => ms > 3_000);
    const minutes = (ms) => (ms / 60_000).toFixed(1);
    const row = (what, ms, of) => `| ${what} | ${minutes(ms)} min | ${(ms / of).toFixed(2)} × |`;
    return [
      `### Bootstrap of two regions with PostgreSQL and Redis, AWS's lifecycles ${scale} times as fast`,
      "",
      "| what | AWS's time | ratio |",
      "| --- | ---: | ---: |",
      row("critical path of the graph", criticalMs, criticalMs),
      row("`gennet region bootstrap`", wallMs, criticalMs),
      row("critical path of what eksctl makes: network, cluster, add-ons, nodes", sameMs, sameMs),
      row("eksctl's order of the same: stack, add-ons, node groups; both regions at once", eksctl.atOnceMs, sameMs),
      row("the same, one region after the other", eksctl.inTurnMs, sameMs),
      "",
      `The critical path, in minutes: ${slow.map(({ id, ms }) => `${id} ${minutes(ms)}`).join(", ")}.`,
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) process.stdout.write(`${twoRegions()}\n`);
