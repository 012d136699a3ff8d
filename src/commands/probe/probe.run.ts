import type { Context } from "../../context.ts";
import type { TextView, Tone } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { combine, exit, type Exit } from "../../core/exit.ts";
import { exitOf, type Finding } from "../../core/finding.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { ProbeCall, ProbeResult } from "../../core/probe.ts";
import { unreadBecause } from "../../core/run-checks.ts";
import type { Place } from "../../platform/place.ts";
import { answerCalls } from "../../probe/answer-calls.ts";
import { makeCalls } from "../../probe/make-calls.ts";
import { readCall } from "../../probe/read-call.ts";
import { formatDuration } from "../../core/duration.ts";
import { regionFindingLines } from "../../view/region-findings.ts";
import { table } from "../../view/table.ts";
import type { ProbeInput } from "./probe.ts";

/** The result of `gennet probe`. */
export interface ProbeReport {
  readonly kind: "ProbeReport";
  /** RFC 3339, UTC. */
  readonly generatedAt: string;
  /** By region, then in the order of the command line. */
  readonly items: readonly ProbedCall[];
  /** Why the calls could not be made from a region's pod. */
  readonly findings: readonly Finding[];
}

export interface ProbedCall extends ProbeResult {
  /** The region's or context's name; absent if the call was made from where gennet runs. */
  readonly region?: string;
}

export async function run(input: ProbeInput, context: Context): Promise<Outcome<ProbeReport>> {
  if (input.listen !== undefined) return listen(input.listen, input, context);
  const calls = readCalls(input);
  const { clock } = context.host;
  const answers = input.inPod
    ? await Promise.all((await context.places()).map(async (place) => fromPod(place, calls, input, context)))
    : [{ items: await fromHere(calls, input, context), findings: [] }];
  const items = answers.flatMap((each) => each.items);
  const findings = answers.flatMap((each) => each.findings);
  const generatedAt = new Date(clock.now()).toISOString();
  return {
    exit: combine([...items.map(exitOfCall), exitOf(findings, false)]),
    document: { kind: "ProbeReport", generatedAt, items, findings },
  };
}

async function listen(port: number, { calls, inPod }: ProbeInput, { signal }: Context): Promise<never> {
  if (inPod || calls.length > 0) {
    throw new AppError("USAGE_INVALID", "--listen makes no calls: it goes with neither CALL nor --in-pod.", {
      next: ["gennet probe --help"],
    });
  }
  try {
    return await answerCalls(port, signal);
  } catch (error) {
    signal.throwIfAborted();
    const problem = error instanceof Error ? error.message : String(error);
    throw new AppError("PROBE_PORT_UNUSABLE", `Port ${port} cannot be used: ${problem}.`, {
      next: ["gennet probe --listen PORT  # with another port"],
      cause: error,
    });
  }
}

function readCalls({ calls, inPod, meshed, image }: ProbeInput): readonly ProbeCall[] {
  const next = ["gennet probe --help"];
  if (calls.length === 0) throw new AppError("USAGE_INVALID", "Name at least one call.", { next });
  if (!inPod && (meshed || image !== undefined)) {
    throw new AppError("USAGE_INVALID", "--meshed and --image are for pods: pass --in-pod, too.", { next });
  }
  return calls.map(readCall);
}

async function fromHere(
  calls: readonly ProbeCall[],
  { secrets }: ProbeInput,
  { host, options, signal }: Context,
): Promise<readonly ProbedCall[]> {
  return makeCalls(calls, { clock: host.clock, secrets, timeoutMs: options.requestTimeout }, signal);
}

async function fromPod(
  place: Place,
  calls: readonly ProbeCall[],
  { meshed, image }: ProbeInput,
  context: Context,
): Promise<Pick<ProbeReport, "items" | "findings">> {
  const { options, signal } = context;
  try {
    const prober = await context.prober(place, image);
    const results = await prober.probe(calls, { namespace: options.namespace ?? "default", meshed }, signal);
    return { items: results.map((result) => ({ region: place.name, ...result })), findings: [] };
  } catch (error) {
    signal.throwIfAborted();
    const finding = { id: "probe/pod", region: place.name, subject: "pod of gennet", ...unreadBecause(error) };
    return { items: [], findings: [finding] };
  }
}

const exits: Readonly<Record<ProbeResult["outcome"], Exit>> = {
  ok: exit.ok,
  failed: exit.unhealthy,
  unknown: exit.unreachable,
};

function exitOfCall({ outcome }: ProbeResult): Exit {
  return exits[outcome];
}

const tones: Readonly<Record<ProbeResult["outcome"], Tone>> = { ok: "good", failed: "bad", unknown: "unknown" };

export function present({ items, findings }: ProbeReport, view: TextView): string {
  const inPods = items.some(({ region }) => region !== undefined);
  const rows = items.map(({ region = "", call, outcome, summary, durationMs }) => [
    ...(inPods ? [region] : []),
    view.paint(tones[outcome], outcome),
    call,
    summary,
    formatDuration(durationMs),
  ]);
  const head = [...(inPods ? ["REGION"] : []), "OUTCOME", "CALL", "RESULT", "TIME"];
  const regions = findings.map(({ region = "" }) => region);
  const failures = regionFindingLines(regions, findings, view);
  if (rows.length === 0) return failures.slice(1).join("\n");
  return [table(head, rows, view), ...failures].join("\n");
}
