import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `node test/bench/two-regions.mjs`: a full bootstrap of two regions in scaled time, beside the critical path of its
 * graph, and eksctl's order on the same lifecycles. BENCH_SCALE is how much faster they are, 10 by default.
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
    const { scale, wallMs, criticalMs, eksctlMs, sameMs } = JSON.parse(readFileSync(out, "utf8"));
    const row = (what, ms, of) => `| ${what} | ${(ms / 60_000).toFixed(1)} min | ${(ms / of).toFixed(2)} × |`;
    return [
      `### Bootstrap of two regions with PostgreSQL and Redis, AWS's lifecycles ${scale} times as fast`,
      "",
      "| what | AWS's time | ratio |",
      "| --- | ---: | ---: |",
      row("critical path of the graph", criticalMs, criticalMs),
      row("`gennet region bootstrap`", wallMs, criticalMs),
      row("critical path of what eksctl makes: network, cluster, add-ons, nodes", sameMs, sameMs),
      row("eksctl's order of the same: stack, add-ons, node groups, one region after the other", eksctlMs, sameMs),
    ].join("\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === import.meta.filename) process.stdout.write(`${twoRegions()}\n`);
