import { cpus, platform } from "node:os";
import { buildsOf, comparisons, comparisonTable } from "./against.mjs";
import { distant } from "./distant.mjs";
import { fleet } from "./fleet.mjs";
import { lint } from "./lint.mjs";
import { populate } from "./platform.mjs";
import { serviceKit } from "./service-kit.mjs";
import { sideBySide, tableOf } from "./side-by-side.mjs";
import { twoRegions } from "./two-regions.mjs";
import { syncs } from "./sync.mjs";

/**
 * `npm run bench`: medians of runs side by side, as Markdown for docs/benchmarks.md. Nothing here passes or fails.
 * `npm run bench -- --against REF` measures the build of that commit in the same rounds, and says what is worse.
 * Needs kubectl on the PATH, and brings up its own sandbox for the figures of a large region. Where that can be of
 * profile full (Linux, root) it has a real mesh and a real Argo CD, too.
 */
const node = process.execPath;
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 15);
/** As far as another region of the same continent. */
const roundTripMs = 20;
const full = platform() === "linux" && process.getuid?.() === 0;
const { builds, ref, leave: leaveBuilds } = buildsOf(process.argv.slice(2));
const verdicts = [];

/** The same words for every build, by what they are called. */
const gennets = (words, { note = "", ...more } = {}) =>
  Object.fromEntries(
    builds.map(({ launcher, suffix }) => [
      `gennet ${words.join(" ")}${note}${suffix}`,
      { command: node, args: [launcher, ...words], ...more },
    ]),
  );
const show = (title, measured) => {
  process.stdout.write(`\n${tableOf(title, measured)}\n`);
  if (ref !== undefined) verdicts.push(...comparisons(measured, builds[1]));
};

try {
  process.stdout.write(
    `Node.js ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model}, medians of ${rounds} rounds.\n`,
  );
  show(
    "Start-up",
    sideBySide(
      {
        "node -e 0": { command: node, args: ["-e", "0"] },
        ...gennets(["--version"]),
        ...gennets(["--help"]),
        ...gennets(["explain"]),
      },
      rounds,
    ),
  );
  show("Lint of 20 services in two regions", lint(gennets, builds[0].launcher, rounds));
  process.stdout.write(`\n${twoRegions()}\n`);
  await ofRegion();
  if (full) {
    // It brings up its own sandbox.
    const { text, measured } = await syncs(builds);
    process.stdout.write(`\n${text}\n`);
    if (ref !== undefined) verdicts.push(...comparisons(measured, builds[1]));
  }
  process.stdout.write(`\nA service of the kit beside the leanest FastAPI application\n\n${serviceKit().join("\n")}`);
  if (ref !== undefined) process.stdout.write(`\n${comparisonTable(verdicts, ref)}\n`);
} finally {
  leaveBuilds();
}

async function ofRegion() {
  const region = await fleet(full ? "full" : "core");
  const { context, env, leave } = region;
  const kubectl = ["kubectl", "--context", context, "get", "nodes,deployments,pods", "-A"];
  const inTurn = (...commands) => ({
    command: "sh",
    args: ["-ec", commands.map((words) => words.join(" ")).join("\n")],
    env,
  });
  const inContext = (words, more = {}) => gennets([...words, "--context", context], { env, ...more });
  try {
    show(
      "Status of one region with 2,000 pods and 300 Deployments",
      sideBySide(
        {
          "kubectl get nodes,deployments,pods -A": inTurn(kubectl),
          ...inContext(["status", "--only", "cluster,nodes,workloads,pods"]),
        },
        rounds,
      ),
    );
    if (!full) return;
    const proxies = await populate(region);
    const subjects = (own, note) => ({
      "istioctl proxy-config endpoint, pod by pod": {
        ...inTurn(...proxies.map((pod) => ["istioctl", "--context", context, "proxy-config", "endpoint", pod])),
        env: own,
      },
      ...inContext(["breakers"], { env: own, note }),
    });
    show(
      `Breakers of ${proxies.length} real proxies, on the machine of who asks`,
      sideBySide(subjects(env, ""), rounds),
    );
    const far = await distant(env.KUBECONFIG, roundTripMs);
    const away = { ...env, KUBECONFIG: far.kubeconfig };
    show(`The same, ${roundTripMs} ms away`, sideBySide(subjects(away, `, ${roundTripMs} ms away`), rounds));
    far.end();
    show(
      "The whole status of that region, with 20 real proxies and 20 Applications",
      sideBySide(
        {
          "kubectl get nodes,deployments,pods -A; istioctl proxy-status; argocd app list": inTurn(
            kubectl,
            ["istioctl", "--context", context, "proxy-status"],
            ["argocd", "app", "list"],
          ),
          ...inContext(["status"]),
        },
        rounds,
      ),
    );
  } finally {
    leave();
  }
}
