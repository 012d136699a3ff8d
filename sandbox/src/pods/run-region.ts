import { createServer } from "node:http";
import { basename, dirname } from "node:path";
import type { Clock } from "../../../src/core/clock.ts";
import { folderAt } from "../folders.ts";
import { componentsOf } from "../processes/component.ts";
import { sidecarImage } from "../full/sidecar-image.ts";
import { readState } from "../state.ts";
import { connectApi } from "./api.ts";
import { podAuthorities } from "./authorities.ts";
import { exposedIn, exposedNames, podIdentityRoute } from "./exposed.ts";
import { gatewayOf } from "./addresses.ts";
import { runPods } from "./runtime.ts";

export interface RegionOptions {
  /** The folder of the region's pods, `…/NAME/regions/eu-west-1/pods`. */
  readonly folder: string;
  /** The program pod-shim. */
  readonly shim: string;
  readonly clock: Clock;
  readonly log: (text: string) => void;
}

/** Runs the real pods of one region of a sandbox, and serves a health endpoint, until the signal aborts. */
export async function runRegion({ folder, shim, clock, log }: RegionOptions, signal: AbortSignal): Promise<void> {
  const region = dirname(folder);
  const root = dirname(dirname(region));
  const awsRegion = basename(region);
  const sandbox = folderAt(root);
  const read = async () => {
    const state = await readState(sandbox, basename(root));
    if (state === undefined) throw new Error(`there is no sandbox in ${root}`);
    return state;
  };
  const state = await read();
  const index = state.regions.findIndex((each) => each.awsRegion === awsRegion);
  const pods = state.regions[index]?.pods;
  const apiserver = componentsOf(state, sandbox).find(({ id }) => id === `${awsRegion}/kube-apiserver`);
  if (pods === undefined || apiserver === undefined) throw new Error(`${awsRegion} has no real pods`);
  let ready = false;
  const health = createServer((_request, response) => {
    response.statusCode = ready ? 200 : 503;
    response.end();
  });
  health.listen(pods.port, "127.0.0.1");
  const api = await connectApi(apiserver.probe);
  try {
    const volumes = sandbox.region(awsRegion, "volumes");
    const kubelet = { shim, kubeletPort: pods.kubeletPort };
    const options = { root, index, range: pods.range, folder, volumes, ...kubelet, api, clock, log };
    const fixedRoutes = [podIdentityRoute(gatewayOf(pods.range))];
    const namesFile = sandbox.region(awsRegion, "services.json");
    const images = async () => {
      const { images: registered = [], profile, failed = [] } = await read();
      const own = registered.map((image) =>
        failed.includes(`${awsRegion}/${image.part}`) ? { ...image, isDown: true as const } : image,
      );
      return profile === "full" ? [...own, sidecarImage(sandbox)] : own;
    };
    const names = async () => {
      const now = await read();
      return exposedNames(
        now.regions.filter((each) => each.awsRegion === awsRegion).flatMap((each) => exposedIn(now, each)),
      );
    };
    const authorities = async () => podAuthorities(sandbox, awsRegion);
    await runPods({ ...options, fixedRoutes, namesFile, images, names, authorities }, () => (ready = true), signal);
  } finally {
    health.close();
    health.closeAllConnections();
    api.close();
  }
}
