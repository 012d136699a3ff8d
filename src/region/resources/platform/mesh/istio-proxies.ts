import type { Operation } from "../../../../core/operation.ts";
import { asDesired, ready } from "../../../../core/resource.ts";
import { isMeshWanted } from "../../../components/istio-chart.ts";
import { versionsOf } from "../../../components/versions.ts";
import { sourcesOf } from "../../../platform-sources.ts";
import type { RegionResource } from "../../../world.ts";
import { accessEntry } from "../../access-entry.ts";
import { askCluster, type NotAnswered } from "../../ask-cluster.ts";
import { unknownBecause } from "../../kubernetes-objects.ts";
import { platformFiles } from "../platform-files.ts";
import { istioDefault } from "./istio-default.ts";
import { type OldProxy, oldProxies } from "./mesh-proxies.ts";
import { restartInWaves } from "./restart-in-waves.ts";

type Actual = { readonly old: readonly OldProxy[] } | NotAnswered | undefined;

/** All pods of workloads have a proxy of the newest istiod. */
export const istioProxies: RegionResource<Actual, true> = {
  id: "istio-proxies",
  title: "Proxies of the mesh",
  needs: [accessEntry, platformFiles, istioDefault],
  inCluster: true,
  onlyIfDue: true,
  wanted: isMeshWanted,
  async read(at) {
    const mesh = at.output(platformFiles)?.mesh;
    const { istio } = versionsOf(at.world);
    if (mesh === undefined || mesh.installed.every((version) => version === istio)) return { old: [] };
    return askCluster(at, async (cluster, signal) => ({ old: await oldProxies(mesh, istio, cluster, signal) }));
  },
  diff(actual, { world }) {
    if (actual === undefined) return asDesired;
    if ("unknown" in actual) return unknownBecause(actual.unknown);
    const after = versionsOf(world).istio;
    const movable = actual.old.filter(({ workload }) => workload !== undefined);
    const places = [...new Set(movable.map(({ namespace }) => namespace))].toSorted();
    const operations = places.map((place): Operation => {
      const own = movable.filter(({ namespace }) => namespace === place).map(({ version }) => version);
      const before = [...new Set(own)].toSorted().join(", ");
      return { verb: "update", target: `proxies in ${place}`, field: "istiod", before, after };
    });
    return { operations };
  },
  async apply(actual, { world, signal }) {
    if (actual === undefined || "unknown" in actual) return;
    const { clock } = sourcesOf(world);
    const workloads = actual.old.flatMap(({ workload }) => workload ?? []);
    await restartInWaves(workloads, versionsOf(world).istio, await world.cluster(), clock, signal);
  },
  ready: () => ready,
  output: (actual) => (actual !== undefined && "unknown" in actual ? undefined : true),
};
