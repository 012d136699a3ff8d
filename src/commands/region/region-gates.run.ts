import type { Context } from "../../context.ts";
import { mapBounded } from "../../core/bounded.ts";
import { combine, type Exit } from "../../core/exit.ts";
import { exitOf, type Finding } from "../../core/finding.ts";
import type { Gate } from "../../core/gate.ts";
import type { RegionBootstrap } from "../../region/bootstrap.ts";
import { storeChecks } from "../../health/stores/store-checks.ts";
import { passGates } from "../../region/gates/pass-gates.ts";
import { podGates } from "../../region/gates/pod-gates.ts";
import type { RegionWorld } from "../../region/world.ts";
import { checksGate } from "../check/checks-gate.run.ts";
import { regionsAtOnce } from "./version-rules.run.ts";

/** What the checks of `gennet status` must show, in the order in which it becomes true. */
const checked: readonly (readonly [id: string, patterns: readonly string[], warnings?: "warnings fail"])[] = [
  ["nodes ready", ["nodes/ready"]],
  // With EKS Auto Mode, there are no add-ons, but a cluster that runs their functions.
  ["add-ons healthy", ["cluster/eks", "cluster/addons"]],
  ["platform installed", ["platform"]],
  [
    "Applications synced and healthy",
    ["gitops/controller", "gitops/compared", "gitops/source", "gitops/operation", "gitops/sync", "gitops/health"],
    "warnings fail",
  ],
  ["mesh strict", ["mesh/istiod", "mesh/sync", "mesh/mtls"]],
  ["secrets synced", ["secrets/store", "secrets/ready"]],
];

const logins = storeChecks.map(({ id }) => id);

/** Returns the gates that a region passes at the end of a bootstrap; none without a `platform` in gennet.yaml. */
export function regionGates(world: RegionWorld, context: Context): readonly Gate[] {
  const { platform, region } = world;
  if (platform.platform === undefined) return [];
  const place = { name: region.name, region };
  return [
    ...checked.map(([id, patterns, warnings]): Gate => {
      const gate = checksGate(patterns, place, undefined, context);
      return { id, evaluate: async (signal) => strictly(await gate.evaluate(signal), warnings !== undefined) };
    }),
    ...podGates({
      world,
      prober: () => context.prober(place),
      istio: () => context.istio(place),
      delivery: checksGate(["tracing/collector"], place, undefined, context),
      logins: whereThereIsOne(checksGate(logins, place, undefined, context)),
    }),
  ];
}

/** Returns a gate that also passes if its checks have nothing to look at: a region may have no service yet. */
function whereThereIsOne({ id, evaluate }: Gate): Gate {
  return {
    id,
    async evaluate(signal) {
      const answer = await evaluate(signal);
      return answer.findings.every(({ severity }) => severity === "skip") ? { ...answer, answer: "pass" } : answer;
    },
  };
}

function strictly(answer: Awaited<ReturnType<Gate["evaluate"]>>, isStrict: boolean): typeof answer {
  const isWarned = answer.findings.some(({ severity }) => severity === "warn");
  return isStrict && answer.answer === "pass" && isWarned ? { ...answer, answer: "fail" } : answer;
}

/** Waits for the gates of the regions in a document, and returns it with their answers and the exit code of them. */
export async function withGates(
  document: RegionBootstrap,
  worlds: readonly RegionWorld[],
  context: Context,
): Promise<{ readonly document: RegionBootstrap; readonly exit: Exit }> {
  const { host, emit, signal } = context;
  const regions = await mapBounded(document.regions, regionsAtOnce, async (own) => {
    const world = worlds.find(({ region }) => region.name === own.name);
    const gates = world === undefined ? [] : regionGates(world, context);
    if (gates.length === 0) return { own, findings: [] };
    const waiting = (detail: string): void =>
      emit({ type: "note", level: "info", text: `${own.name}: waiting for gate ${detail}` });
    const passed = await passGates(own.name, gates, { clock: host.clock, waiting }, signal);
    return { own: { ...own, gates: passed.gates }, findings: passed.findings };
  });
  const findings: readonly Finding[] = regions.flatMap((each) => each.findings);
  return {
    document: { ...document, regions: regions.map(({ own }) => own), findings: [...document.findings, ...findings] },
    exit: combine([exitOf(findings, false)]),
  };
}
