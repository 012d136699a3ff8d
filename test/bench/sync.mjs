import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { applicationsApi } from "./applications.mjs";
import { summary } from "./side-by-side.mjs";

const count = Number(process.env["BENCH_APPLICATIONS"] ?? 50);
const rounds = Number(process.env["BENCH_SYNC_ROUNDS"] ?? 3);
const region = "eu-west-1";
const names = Array.from({ length: count }, (_, at) => `app-${String(at).padStart(2, "0")}`);
const base = process.env;

/**
 * 50 changed Applications synced and awaited, beside the same by the `argocd` command and by what the controller alone
 * takes. Brings up its own sandbox of profile full (Linux, root). A round that fails is reported and left out.
 * @param {{ launcher: string, suffix: string }[]} builds
 * @returns {Promise<{ text: string, measured: Record<string, import("./side-by-side.mjs").Measured> }>}
 */
export async function syncs(builds) {
  const work = mkdtempSync(join(tmpdir(), "gennet-bench-"));
  const env = { ...base, XDG_STATE_HOME: work };
  const sandbox = (...words) =>
    succeed(process.execPath, [builds[0].launcher, "sandbox", ...words, "--name", "bench"], env);
  try {
    sandbox("up", "--regions", region, "--profile", "full");
    const { variables, full } = JSON.parse(sandbox("env", "-o", "json"));
    return await measured({ work, builds, gitops: full.gitops, env: { ...env, ...variables } });
  } finally {
    sandbox("down");
    rmSync(work, { recursive: true, force: true });
  }
}

async function measured({ work, builds, gitops, env }) {
  const api = applicationsApi(env.KUBECONFIG, region);
  const argocd = join(work, "gennet", "sandbox", "bench", "bin", "argocd");
  const copy = join(work, "copy");
  succeed("git", ["clone", "--quiet", gitops, copy], env);
  change(copy, 0, env);
  succeed("kubectl", ["--context", region, "apply", "--server-side", "-f", "-"], env, manifests(gitops));
  await api.syncAll(names);

  const own = ({ launcher, suffix }) => [
    `gennet sync${suffix}`,
    () => succeed(process.execPath, [launcher, "sync", ...names, "--context", region], env),
  ];
  const subjects = {
    "operations written straight to the API server": () => api.syncAll(names),
    ...Object.fromEntries(builds.map(own)),
    "argocd app sync": () => succeed(argocd, ["app", "sync", ...names], env),
  };
  const samples = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [name, run] of Object.entries(subjects)) {
      try {
        change(copy, `${round} ${name}`, env);
        const before = await api.requests();
        const begun = performance.now();
        await run();
        const ms = performance.now() - begun;
        const after = await api.requests();
        const asked = Object.fromEntries(Object.entries(after).map(([verb, n]) => [verb, n - (before[verb] ?? 0)]));
        samples[name].push({ round, ms, asked });
        process.stderr.write(`round ${round}: ${name}: ${(ms / 1000).toFixed(1)} s ${JSON.stringify(asked)}\n`);
      } catch (error) {
        process.stderr.write(`round ${round}: ${name}: ${error.message}, left out\n`);
      }
      await allSynced(api);
    }
  }
  api.close();
  const medians = Object.fromEntries(Object.entries(samples).map(([name, each]) => [name, summary(each)]));
  return { text: report(medians), measured: medians };
}

function report(medians) {
  const [[, floor]] = Object.entries(medians);
  const rows = Object.entries(medians).map(([name, { ms, samples }]) => {
    const last = samples.at(-1);
    if (last === undefined) return `| ${name} | failed in every round | | | | | | |`;
    const requests = ["GET", "LIST", "WATCH", "PUT", "PATCH"].map((verb) => last.asked[verb] ?? 0).join(" | ");
    return `| ${name} | ${(ms / 1000).toFixed(1)} s | ${(ms / floor.ms).toFixed(2)} × | ${requests} |`;
  });
  return [
    `### ${count} changed Applications, medians of ${rounds} rounds; requests of the last round, the controller's own among them`,
    "",
    "| | wall time | ratio | GET | LIST | WATCH | PUT | PATCH |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows,
  ].join("\n");
}

/** One commit that changes what every Application deploys. */
function change(copy, value, env) {
  for (const name of names) {
    mkdirSync(join(copy, name), { recursive: true });
    const object = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value: String(value) } };
    writeFileSync(join(copy, name, "settings.json"), JSON.stringify(object));
  }
  const git = (...words) =>
    succeed("git", ["-C", copy, "-c", "user.name=bench", "-c", "user.email=bench@example.com", ...words], env);
  git("add", "--all");
  git("commit", "--quiet", "-m", "A change");
  git("push", "--quiet", "origin", "main");
}

function manifests(repoURL) {
  const items = names.map((name) => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name, namespace: "argocd" },
    spec: {
      project: "default",
      source: { repoURL, path: name, targetRevision: "main" },
      destination: { server: "https://kubernetes.default.svc", namespace: "default" },
    },
  }));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

/** The next subject begins when the controller has nothing left to do; a connection that is lost meanwhile is made again. */
async function allSynced(api) {
  for (;;) {
    try {
      const { items } = await api.list();
      const late = items.filter(({ operation, status }) => operation !== undefined || status.sync.status !== "Synced");
      if (late.length === 0) return;
    } catch (error) {
      process.stderr.write(`… ${error.message}\n`);
    }
    await setTimeout(1_000);
  }
}

function succeed(command, args, env, input) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    env,
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${error?.message ?? stderr}`);
  return stdout;
}
