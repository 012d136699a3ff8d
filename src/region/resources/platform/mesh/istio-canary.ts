import { AppError } from "../../../../core/error.ts";
import type { ResourceContext } from "../../../../core/resource.ts";
import { canaryNamespace } from "../../../../core/reserved-namespaces.ts";
import { gatewayTrial, type PodTrial, spanTrials, tried } from "../../../gates/pod-trials.ts";
import { sourcesOf } from "../../../platform-sources.ts";
import type { RegionWorld } from "../../../world.ts";

/** The agent's own answer whether the proxy has its configuration: without a sidecar, nothing listens there. */
const proxyTrial: PodTrial = {
  subject: "its proxy",
  call: { kind: "http", url: "http://127.0.0.1:15021/healthz/ready" },
  judge: ({ status, summary }) => ({ severity: status === 200 ? "ok" : "fail", summary }),
};

/**
 * Starts a pod in the namespace whose proxies come from the newest istiod, and calls the rest of the mesh from it. Throws
 * MESH_CANARY_FAILED, MESH_CANARY_UNKNOWN, and the errors of the probe.
 */
export async function tryIstiod(
  version: string,
  { world, signal }: Pick<ResourceContext<RegionWorld>, "world" | "signal">,
): Promise<void> {
  const { region } = world;
  const prober = await sourcesOf(world).prober(region);
  const origin = { namespace: canaryNamespace, meshed: true };
  const trials = [proxyTrial, gatewayTrial, ...spanTrials].map((trial) => ({ ...trial, origin }));
  const [findings = []] = await tried([trials], prober, region.name, signal);
  const bad = findings.filter(({ severity }) => severity !== "ok");
  if (bad.length === 0) return;
  const isKnown = bad.some(({ severity }) => severity === "fail");
  const why = bad.map(({ subject, summary }) => `${subject}: ${summary}`).join("; ");
  const message = `A pod of istiod ${version} in the namespace ${canaryNamespace} does not work as it should: ${why}.`;
  throw new AppError(isKnown ? "MESH_CANARY_FAILED" : "MESH_CANARY_UNKNOWN", message, {
    next: [
      `gennet mesh --region ${region.name}  # shows the istiods and their proxies`,
      `gennet region bootstrap ${region.name}  # tries again; until then, every other proxy keeps its istiod`,
    ],
  });
}
