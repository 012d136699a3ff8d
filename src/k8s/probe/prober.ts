import type { Clock } from "../../core/clock.ts";
import { AppError } from "../../core/error.ts";
import { callText, type ProbeCall, type ProbeResult } from "../../core/probe.ts";
import type { Cluster } from "../port.ts";
import { awaitAnswer, awaitListener } from "./await-answer.ts";
import type { ProbeOrigin, Prober } from "./port.ts";
import { probeContainer, probeJob, type ProbeTask, probeServiceAccount } from "./probe-job.ts";
import { removeLeftovers, removeProbe } from "./remove-probe.ts";

export interface ProberSettings {
  /** The image of gennet. */
  readonly image: string | undefined;
  readonly clock: Clock;
  /** From 0 to below 1; makes names unique. */
  readonly random: () => number;
  /** Told what could not be removed. */
  readonly warn: (text: string) => void;
}

interface CreatedJob {
  readonly name: string;
  readonly namespace: string;
  readonly image: string;
}

/** How long removal may take after an interruption. */
const removalMs = 10_000;

/** Makes calls from pods of Jobs. */
export function createProber(
  cluster: Pick<Cluster, "name" | "kubectl" | "apply" | "watch" | "list" | "delete" | "log">,
  settings: ProberSettings,
): Prober {
  const { image, clock, random, warn } = settings;
  const inJob = async <T>(
    origin: ProbeOrigin,
    task: ProbeTask,
    work: (job: CreatedJob) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> => {
    if (image === undefined) throw unset(cluster.name);
    await removeLeftovers(cluster, origin.namespace, clock.now(), signal);
    const name = `gennet-probe-${Math.floor(random() * 36 ** 6)
      .toString(36)
      .padStart(6, "0")}`;
    const job = { ...origin, name, image, task };
    try {
      await cluster.apply(probeServiceAccount(job), {}, signal);
      await cluster.apply(probeJob(job), {}, signal);
      return await work(job);
    } finally {
      await removed(cluster, job, warn);
    }
  };
  return {
    async probe(calls, origin, signal) {
      const answer = async (job: CreatedJob): Promise<readonly ProbeResult[]> => {
        const { pod, exitCode } = await awaitAnswer(cluster, job, clock, signal);
        const text = await cluster.log({ namespace: job.namespace, name: pod, container: probeContainer }, signal);
        return readAnswer(cluster, text, exitCode, { calls, image: job.image });
      };
      return inJob(origin, calls, answer, signal);
    },
    async whileListening(namespace, work, signal) {
      const called = async (job: CreatedJob) => work(await awaitListener(cluster, job, clock, signal));
      return inJob({ namespace, meshed: true }, "listen", called, signal);
    },
  };
}

/** Removes the Job although the work may have been aborted; what fails here does not hide why the work failed. */
async function removed(
  cluster: Pick<Cluster, "kubectl" | "delete">,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  warn: ProberSettings["warn"],
): Promise<void> {
  try {
    await removeProbe(cluster, { name, namespace }, AbortSignal.timeout(removalMs));
  } catch {
    warn(
      `A probe could not be removed; the next one removes it, or: ${cluster.kubectl} -n ${namespace} delete job,serviceaccount ${name}`,
    );
  }
}

function readAnswer(
  { name: place }: Pick<Cluster, "name">,
  text: string,
  exitCode: number,
  { calls, image }: { readonly calls: readonly ProbeCall[]; readonly image: string },
): readonly ProbeResult[] {
  const items = itemsIn(text);
  const isAnswer = items?.length === calls.length && calls.every((call, at) => items[at]?.call === callText(call));
  if (items !== undefined && isAnswer) return items;
  throw new AppError(
    "PROBE_ANSWER_INVALID",
    `${place}: the pod of image ${image} ended with exit code ${exitCode}, and its log is not the answer of gennet probe.`,
    { next: ["gennet explain PROBE_ANSWER_INVALID"] },
  );
}

/** Finds the document in a log, which may have warnings of Node.js before it. */
function itemsIn(text: string): readonly ProbeResult[] | undefined {
  try {
    const { kind, items } = JSON.parse(text.slice(text.search(/^\{/m))) as { kind?: unknown; items?: unknown };
    return kind === "ProbeReport" && Array.isArray(items) ? (items as readonly ProbeResult[]) : undefined;
  } catch {
    return undefined;
  }
}

function unset(place: string): AppError {
  return new AppError("PROBE_IMAGE_UNSET", `${place}: it is not known which image of gennet pods should run.`, {
    next: [
      "Set platform.probe.image in gennet.yaml, or the variable GENNET_IMAGE.",
      "gennet explain PROBE_IMAGE_UNSET",
    ],
  });
}
