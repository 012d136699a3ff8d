import { spawnSync } from "node:child_process";

/**
 * Runs every command in turn, round after round, so that whatever else the machine does hits all of them alike. A run
 * that fails is reported and left out; the others count.
 * @param {Record<string, Subject>} subjects
 * @param {number} rounds
 * @returns {Record<string, Measured>} by name
 *
 * @typedef {{ command: string, args: string[], env?: NodeJS.ProcessEnv, cwd?: string, exits?: number[] }} Subject
 *   `exits`: the exit codes of a run that counts, 0 where none are named
 * @typedef {{ ms: number, mib: number, samples: { round: number, ms: number, mib: number }[] }} Measured
 *   medians of the wall time and of the peak memory, NaN where no run counts
 */
export function sideBySide(subjects, rounds) {
  const samples = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, subject] of Object.entries(subjects)) {
      const { status, ...sample } = measure(subject);
      if (!(subject.exits ?? [0]).includes(status)) {
        process.stderr.write(`round ${round + 1}: ${name}: ended with ${status}, left out\n`);
        continue;
      }
      // The first round only warms the caches.
      if (round >= 0) samples[name].push({ round, ...sample });
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, each]) => [name, summary(each)]));
}

/** @returns {Measured} */
export function summary(samples) {
  return { ms: median(samples.map(({ ms }) => ms)), mib: median(samples.map(({ mib }) => mib ?? NaN)), samples };
}

/** `time -f %M` is not everywhere; a small Python waits for the child and reads what the kernel knows of it. */
const waiter = [
  "import os, resource, subprocess, sys, time",
  "begun = time.perf_counter()",
  "status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode",
  "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss",
  "print((time.perf_counter() - begun) * 1000, peak / 1024, status)",
].join("\n");

function measure({ command, args, env, cwd }) {
  const { stdout } = spawnSync("python3", ["-c", waiter, command, ...args], { env, cwd, encoding: "utf8" });
  const [ms, mib, status] = stdout.trim().split(" ").map(Number);
  return { ms, mib, status };
}

/** The value below which a share of the values is: 0.5 is the median. */
export function quantile(values, share) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function median(values) {
  return quantile(values, 0.5);
}

/** A Markdown table; the first subject is what the others are compared to. */
export function tableOf(title, measured) {
  const [[, reference]] = Object.entries(measured);
  const rows = Object.entries(measured).map(([name, { ms, mib, samples }]) =>
    samples.length === 0
      ? `| \`${name}\` | failed in every round | | |`
      : `| \`${name}\` | ${ms.toFixed(0)} ms | ${(ms / reference.ms).toFixed(2)} × | ${mib.toFixed(0)} MiB |`,
  );
  return [
    `### ${title}`,
    "",
    "| command | wall time | ratio | peak memory |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}
