import type { Paint } from "../../core/command.ts";
import { formatDuration } from "../../core/duration.ts";
import type { Mtls } from "../../k8s/istio/port.ts";
import type { MeshRegion } from "./mesh-report.ts";
import type { Proxy } from "./proxies.ts";
import { takesMutualTlsOnly, type WorkloadInMesh } from "./strictness.ts";

type Rows = readonly (readonly string[])[];

/** A row for each region. Shares are of what was read; what was not is unknown. */
export function meshRows(regions: readonly MeshRegion[], paint: Paint): Rows {
  const share = <T>(all: readonly T[] | undefined, isWell: (one: T) => boolean): string => {
    if (all === undefined) return paint("unknown", "?");
    const well = all.filter(isWell).length;
    return paint(well === all.length ? "good" : "bad", `${well}/${all.length}`);
  };
  const head = ["REGION", "ISTIODS", "IN SYNC", "SIDECARS", "STRICT MTLS", "TIME"];
  return [
    head.map((cell) => paint("dim", cell)),
    ...regions.map(({ name, istiods, proxies, workloads, durationMs }) => [
      paint("strong", name),
      share(istiods, ({ answers }) => answers),
      share(proxies, ({ state }) => state === "synced"),
      share(workloads, ({ missing }) => missing.length === 0),
      share(
        workloads?.filter(({ mtls }) => mtls !== undefined),
        takesMutualTlsOnly,
      ),
      paint("dim", formatDuration(durationMs)),
    ]),
  ];
}

/** Every proxy, for `-o wide`. */
export function proxyRows(proxies: readonly Proxy[], paint: Paint): Rows {
  return [
    ["PROXY", "STATE", "SENT", "ISTIOD", "VERSION"].map((cell) => paint("dim", cell)),
    ...proxies.map(({ pod, state, istiods, version = "?", resources }) => {
      const ages = resources.flatMap(({ ageMs }) => ageMs ?? []);
      const sent = ages.length === 0 ? "-" : `${formatDuration(Math.min(...ages))} ago`;
      const tone = state === "synced" ? "good" : state === "unknown" ? "unknown" : "bad";
      return [pod, paint(tone, state), sent, istiods.join(", ") || "-", version];
    }),
  ];
}

/** Every workload, for `-o wide`. */
export function workloadRows(workloads: readonly WorkloadInMesh[], paint: Paint): Rows {
  return [
    ["WORKLOAD", "SIDECARS", "MTLS", "BY"].map((cell) => paint("dim", cell)),
    ...workloads.map((each) => {
      const { workload, pods, missing, mtls } = each;
      const inside = pods - missing.length;
      return [
        workload,
        paint(missing.length === 0 ? "good" : "bad", `${inside}/${pods}`),
        mtls === undefined ? "-" : paint(takesMutualTlsOnly(each) ? "good" : "bad", modesOf(mtls, each.bypass)),
        mtls?.from ?? "-",
      ];
    }),
  ];
}

function modesOf({ mode, ports }: Mtls, bypass: string | undefined): string {
  const onPorts = Object.entries(ports).map(([port, each]) => `${port}: ${each}`);
  return [mode, ...onPorts, ...(bypass === undefined ? [] : [`${bypass}: no proxy`])].join(", ");
}
