import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { exitOf, type Finding } from "../../core/finding.ts";
import { isThere } from "../../core/is-there.ts";
import type { Outcome } from "../../core/outcome.ts";
import { assertNamed, runChecks } from "../../core/run-checks.ts";
import type { MachineContext, PlaceContext } from "../../doctor/doctor-context.ts";
import { machineChecks, placeChecks } from "../../doctor/index.ts";
import type { Place } from "../../platform/place.ts";
import { cacheFolder } from "../../../sandbox/src/folders.ts";
import { findingLines, closing } from "../../view/findings.ts";
import type { DoctorInput } from "./doctor.ts";

export interface DoctorReport {
  readonly kind: "DoctorReport";
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  /** Findings without a region are about this machine. */
  readonly findings: readonly Finding[];
}

export async function run(input: DoctorInput, context: Context): Promise<Outcome<DoctorReport>> {
  assertNamed([...machineChecks, ...placeChecks], [...input.only, ...input.skip]);
  const { host, signal, emit } = context;
  const places = await placesIfAny(context);
  emit({ type: "tasks", tasks: ["this machine", ...places.map(({ name }) => name)].map((id) => ({ id, title: id })) });
  const options = { only: input.only, skip: input.skip, now: host.clock.now, signal };
  const examine = async (id: string, ask: () => Promise<Finding[]>): Promise<Finding[]> => {
    emit({ type: "task", id, state: "running" });
    const findings = await ask();
    const isWell = findings.every(({ severity }) => severity !== "fail" && severity !== "unknown");
    emit({ type: "task", id, state: isWell ? "done" : "failed" });
    return findings;
  };
  const examined = await Promise.all([
    examine("this machine", () => runChecks(machineChecks, { ...options, context: machine(context) })),
    ...places.map((place) =>
      examine(place.name, () =>
        runChecks(placeChecks, { ...options, region: place.name, context: placeContext(place, context) }),
      ),
    ),
  ]);
  const findings = examined.flat();
  const generatedAt = new Date(host.clock.now()).toISOString();
  return { exit: exitOf(findings, input.strict), document: { kind: "DoctorReport", generatedAt, findings } };
}

/** If gennet.yaml is missing or invalid, only the machine is checked, and a finding reports the problem. */
async function placesIfAny(context: Context): Promise<readonly Place[]> {
  try {
    return await context.places();
  } catch (error) {
    if (error instanceof AppError && error.code !== "REGION_UNKNOWN") return [];
    throw error;
  }
}

function machine(context: Context): MachineContext {
  const { host, emit, signal } = context;
  const setting = { host, emit, signal };
  return {
    nodeVersion: process.versions.node,
    versionOf,
    requireGo: async () => {
      const { readModule } = await import("../../../sandbox/src/programs/program-module.ts");
      const { requireGo } = await import("../../../sandbox/src/programs/go-toolchain.ts");
      await requireGo(await readModule("kubernetes"), setting);
    },
    requirePython: async () => (await import("../../../sandbox/src/programs/python.ts")).requirePython(setting),
    kubernetesPrograms: host.env["KUBEBUILDER_ASSETS"],
    cacheFolder: cacheFolder(host),
    freeBytes,
    contexts: async () => (await import("../../k8s/kubeconfig.ts")).contextNames(host),
    platform: () => context.platform(),
    reviewed: async () => (await import("../region/reviewed.run.ts")).reviewed(context),
  };
}

async function versionOf(program: string, signal: AbortSignal): Promise<string | undefined> {
  const { execa } = await import("execa");
  const result = await execa(program, ["--version"], { reject: false, cancelSignal: signal });
  signal.throwIfAborted();
  return result.failed ? undefined : result.stdout.split("\n")[0];
}

/** If the folder does not exist yet, uses its nearest existing parent. */
async function freeBytes(folder: string): Promise<number> {
  if (!(await isThere(folder))) return freeBytes(dirname(folder));
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

function placeContext(place: Place, context: Context): PlaceContext {
  const cluster = (): ReturnType<Context["cluster"]> => context.cluster(place);
  if (!("region" in place)) return { cluster };
  return { cluster, clusterName: place.region.cluster, aws: () => context.aws(place.region) };
}

export function present(report: DoctorReport, view: TextView): string {
  const regions = [...new Set(report.findings.map((finding) => finding.region))];
  const sections = regions.map((region) => {
    const findings = report.findings.filter((finding) => finding.region === region);
    const lines = findings.flatMap((finding) => findingLines(finding, view).map((line) => `  ${line}`));
    return [view.paint("strong", region ?? "this machine"), ...lines, ""].join("\n");
  });
  return [...sections, closing(report.findings, view)].join("\n");
}
