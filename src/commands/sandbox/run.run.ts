import { relative, resolve } from "node:path";
import { type Context, createContext } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { combine, exit, type Exit } from "../../core/exit.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { ObjectRef } from "../../k8s/port.ts";
import type { Place } from "../../platform/place.ts";
import { readManifests } from "../../../sandbox/src/manifests/read-manifests.ts";
import { requireName } from "../../../sandbox/src/names.ts";
import { runManifests } from "../../../sandbox/src/manifests/run-manifests.ts";
import { requireState } from "../../../sandbox/src/status.ts";
import { tracked } from "../../../sandbox/src/tracked.ts";
import type { WorkloadStatus } from "../../../sandbox/src/manifests/workload.ts";
import type { SandboxRunInput } from "./run.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";

export interface SandboxRunRegion {
  readonly region: string;
  readonly applied: readonly ObjectRef[];
  readonly workloads: readonly WorkloadStatus[];
  /** Its pods are simulated; no container runs. */
  readonly simulated: boolean;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface SandboxRun {
  readonly kind: "SandboxRun";
  readonly path: string;
  readonly items: readonly SandboxRunRegion[];
}

export async function run(input: SandboxRunInput, context: Context): Promise<Outcome<SandboxRun>> {
  const path = resolve(context.host.cwd, input.path);
  const { places, door, close } = await target(requireName(input.name), context);
  try {
    const regions = places.map(({ name }) => name);
    context.emit({ type: "tasks", tasks: ["manifests", ...regions].map((id) => ({ id, title: id })) });
    const objects = await tracked("manifests", context, (detail) => readManifests(path, regions, context, detail));
    const results = await Promise.all(
      places.map((place) =>
        inPlace(place.name, () =>
          tracked(
            place.name,
            context,
            async (detail) => {
              const own = objects.get(place.name) as readonly KubeObject[];
              return runManifests(await door.cluster(place), own, input.wait, context, detail);
            },
            ({ applied }) => `${applied.length} objects applied`,
          ),
        ),
      ),
    );
    return {
      exit: combine(results.map((result) => result.exit)),
      document: {
        kind: "SandboxRun",
        path: relative(context.host.cwd, path) || ".",
        items: results.map((result) => result.item),
      },
    };
  } finally {
    await close();
  }
}

interface Target {
  readonly places: readonly Place[];
  readonly door: Pick<Context, "cluster">;
  close(): Promise<void>;
}

/** Returns the selected regions; with neither --context nor a gennet.yaml, those in the sandbox's kubeconfig. */
async function target(name: string, context: Context): Promise<Target> {
  try {
    return { places: await context.places(), door: context, close: async () => undefined };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "CONFIG_NOT_FOUND" || context.options.config !== undefined) {
      throw error;
    }
  }
  const { state, folder } = await requireState(name, context);
  const { host, options, signal } = context;
  const env = { ...host.env, KUBECONFIG: folder.kubeconfig };
  const own = createContext({ ...host, env }, options, signal, context);
  const known = state.regions.map((region) => region.awsRegion);
  const unknown = options.region.find((region) => !known.includes(region));
  if (unknown !== undefined) {
    throw new AppError("REGION_UNKNOWN", `Sandbox ${name} does not have a region "${unknown}".`, {
      next: [`Its regions: ${known.join(", ")}`],
    });
  }
  const wanted = options.region.length === 0 ? known : options.region;
  return { places: wanted.map((region) => ({ name: region, context: region })), door: own, close: own.close };
}

/** An unreachable region must not hide the results of the others. */
async function inPlace(
  region: string,
  work: () => Promise<Omit<SandboxRunRegion, "region" | "error">>,
): Promise<{ readonly exit: Exit; readonly item: SandboxRunRegion }> {
  try {
    const result = await work();
    const available = result.workloads.every((workload) => workload.available);
    return { exit: available ? exit.ok : exit.timedOut, item: { region, ...result } };
  } catch (error) {
    if (!(error instanceof AppError) || error.exit === exit.interrupted) throw error;
    const { code, message } = error;
    const item = { region, applied: [], workloads: [], simulated: false, error: { code, message } };
    return { exit: error.exit, item };
  }
}

export function present(document: SandboxRun, { paint }: TextView): string {
  const lines = document.items.flatMap((item) => {
    if (item.error !== undefined) {
      return [`${paint("bad", "✖")} ${item.region}: ${item.error.message} ${paint("dim", `[${item.error.code}]`)}`];
    }
    const bad = item.workloads.some((workload) => !workload.available);
    const mark = bad ? paint("bad", "✖") : paint("good", "✔");
    return [
      `${mark} ${item.region}: ${item.applied.length} objects applied`,
      ...item.workloads.map((workload) => {
        const reason = workload.reason === undefined ? "" : `: ${workload.reason}`;
        const { kind, namespace, name, ready, desired } = workload;
        return `    ${kind} ${namespace}/${name}  ${ready} of ${desired} available${reason}`;
      }),
    ];
  });
  const simulated = document.items.filter((item) => item.simulated).map((item) => item.region);
  const note = `The pods in ${simulated.join(", ")} are simulated: they are scheduled and report ready, but no container runs.`;
  return [...lines, ...(simulated.length === 0 ? [] : [paint("dim", note)])].join("\n");
}
