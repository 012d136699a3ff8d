import { spawnSync } from "node:child_process";

/**
 * Runs every command in turn, round after round, so that whatever else the machine does hits all of them alike.
 * @param {Record<string, { command: string, args: string[], env?: NodeJS.ProcessEnv }>} subjects
 * @param {number} rounds
 * @returns {Record<string, { ms: number, mib: number }>} medians of the wall time and of the peak memory by name
 */
export function sideBySide(subjects, rounds) {
  const samples = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, { command, args, env }] of Object.entries(subjects)) {
      const sample = measure(command, args, env);
      // The first round only warms the caches.
      if (round >= 0) samples[name].push(sample);
    }
  }
  return Object.fromEntries(
    Object.entries(samples).map(([name, each]) => [
      name,
      { ms: median(each.map((sample) => sample.ms)), mib: median(each.map((sample) => sample.mib)) },
    ]),
  );
}

/** `time -f %M` is not everywhere; a small Python waits for the child and reads what the kernel knows of it. */
const waiter = [
  "import os, resource, subprocess, sys, time",
  "begun = time.perf_counter()",
  "status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode",
  "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss",
  "print((time.perf_counter() - begun) * 1000, peak / 1024, status)",
].join("\n");

function measure(command, args, env) {
  const { stdout, stderr } = spawnSync("python3", ["-c", waiter, command, ...args], { env, encoding: "utf8" });
  const [ms, mib, status] = stdout.trim().split(" ").map(Number);
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status ?? stderr}`);
  return { ms, mib };
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** A Markdown table; the first subject is what the others are compared to. */
export function tableOf(title, medians) {
  const [[, reference]] = Object.entries(medians);
  const rows = Object.entries(medians).map(
    ([name, { ms, mib }]) =>
      `| \`${name}\` | ${ms.toFixed(0)} ms | ${(ms / reference.ms).toFixed(2)} × | ${mib.toFixed(0)} MiB |`,
  );
  return [
    `### ${title}`,
    "",
    "| command | wall time | ratio | peak memory |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}
