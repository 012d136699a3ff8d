import type { Paint } from "../../core/command.ts";
import { formatDuration } from "../../core/duration.ts";
import type { Mtls } from "../../istio/peer-authentication.ts";
import { isLeftOut, share, type ShareState } from "../share.ts";
import type { MeshReport } from "./mesh-report.ts";
import type { Proxy } from "./proxies.ts";
import { takesMutualTlsOnly, type WorkloadInMesh } from "./strictness.ts";

type Rows = readonly (readonly string[])[];

/** Returns a row for each region. Shares count what is known: `3/5, 1 ?` contains one that is unknown. */
export function meshRows({ regions, findings }: Pick<MeshReport, "regions" | "findings">, paint: Paint): Rows {
  const head = ["REGION", "ISTIODS", "IN SYNC", "SIDECARS", "STRICT MTLS", "TIME"];
  return [
    head.map((cell) => paint("dim", cell)),
    ...regions.map((region) => {
      const { name, istiods, proxies, workloads, durationMs } = region;
      const cell = (id: string, states: readonly ShareState[] | undefined): string =>
        isLeftOut(findings, name, id) ? "-" : share(states, paint);
      return [
        paint("strong", name),
        cell(
          "mesh/istiod",
          istiods?.map(({ answers }) => (answers ? "good" : "unknown")),
        ),
        cell(
          "mesh/sync",
          proxies?.map(({ state }) => shareStates[state] ?? "bad"),
        ),
        cell(
          "mesh/sidecar",
          workloads?.map(({ missing }) => (missing.length === 0 ? "good" : "bad")),
        ),
        cell("mesh/mtls", workloads?.flatMap(strictness)),
        paint("dim", formatDuration(durationMs)),
      ];
    }),
  ];
}

const shareStates: Readonly<Partial<Record<Proxy["state"], ShareState>>> = { synced: "good", unknown: "unknown" };

/** Gateways and waypoints are not counted. */
function strictness(workload: WorkloadInMesh): ShareState[] {
  if (workload.unjudged !== undefined) return ["unknown"];
  if (workload.mtls === undefined) return [];
  return [takesMutualTlsOnly(workload) ? "good" : "bad"];
}

/** Returns a row for every proxy, for `-o wide`. */
export function proxyRows(proxies: readonly Proxy[], paint: Paint): Rows {
  return [
    ["PROXY", "STATE", "SENT", "ISTIOD", "VERSION"].map((cell) => paint("dim", cell)),
    ...proxies.map(({ pod, state, istiods, version = "?", resources }) => {
      const ages = resources.flatMap(({ ageMs }) => ageMs ?? []);
      const sent = ages.length === 0 ? "-" : `${formatDuration(Math.min(...ages))} ago`;
      const tone = shareStates[state] ?? "bad";
      return [pod, paint(tone, state), sent, istiods.join(", ") || "-", version];
    }),
  ];
}

/** Returns a row for every workload, for `-o wide`. */
export function workloadRows(workloads: readonly WorkloadInMesh[], paint: Paint): Rows {
  return [
    ["WORKLOAD", "SIDECARS", "MTLS", "BY"].map((cell) => paint("dim", cell)),
    ...workloads.map((each) => {
      const { workload, pods, missing, mtls } = each;
      const inside = pods - missing.length;
      return [
        workload,
        paint(missing.length === 0 ? "good" : "bad", `${inside}/${pods}`),
        mtlsCell(each, paint),
        mtls?.from ?? each.unjudged ?? "-",
      ];
    }),
  ];
}

function mtlsCell(each: WorkloadInMesh, paint: Paint): string {
  if (each.mtls === undefined) return each.unjudged === undefined ? "-" : paint("unknown", "?");
  return paint(takesMutualTlsOnly(each) ? "good" : "bad", modesOf(each.mtls, each.bypass));
}

function modesOf({ mode, ports }: Mtls, bypass: string | undefined): string {
  const onPorts = Object.entries(ports).map(([port, each]) => `${port}: ${each}`);
  return [mode, ...onPorts, ...(bypass === undefined ? [] : [`${bypass}: no proxy`])].join(", ");
}
