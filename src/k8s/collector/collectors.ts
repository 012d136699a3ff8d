import { selectorText } from "../../core/kubernetes/label-selector.ts";
import { mapBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/error.ts";
import { itemsOf } from "../../core/items-of.ts";
import { isAlive, type PodObject } from "../../core/kubernetes/pod.ts";
import { samplesOf } from "../../core/prometheus-text.ts";
import { synchronousPipeline } from "../../core/synchronous-pipeline.ts";
import type { Cluster } from "../port.ts";
import type { CollectorCounts, Collectors } from "./port.ts";

/** The default port of a Collector's own metrics: https://opentelemetry.io/docs/collector/internal-telemetry/ */
const metricsPort = 8_888;
const atOnce = 4;

export function createCollectors(cluster: Cluster): Collectors {
  return {
    async read({ namespace, labels }, signal) {
      const labelSelector = selectorText({ matchLabels: labels });
      const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector };
      const pods = (await itemsOf(cluster.list<PodObject>(query, signal))).filter(isAlive);
      return mapBounded(pods, atOnce, async ({ metadata: { name } }) => {
        try {
          const [answer] = await cluster.askPod({ namespace, name, port: metricsPort }, ["/metrics"], signal);
          return { namespace, name, counts: countsIn(answer?.body ?? "") };
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof AppError)) throw error;
          return { namespace, name, counts: error };
        }
      });
    },
  };
}

/** Adds up the samples of all receivers and exporters of spans of services. */
export function countsIn(text: string): CollectorCounts {
  const sum = (metric: string, isOfSpans = (_labels: Readonly<Record<string, string>>): boolean => true): number => {
    // The suffix depends on the version of the Collector.
    const samples = [metric, `${metric}_total`].flatMap((name) => samplesOf(text, name));
    const own = samples.filter(({ labels }) => isOfSpans(labels) && !isSynchronous(labels));
    return own.reduce((total, { value }) => total + value, 0);
  };
  return {
    accepted: sum("otelcol_receiver_accepted_spans"),
    sent: sum("otelcol_exporter_sent_spans"),
    lost: sum("otelcol_exporter_send_failed_spans") + sum("otelcol_exporter_enqueue_failed_spans"),
    waiting: sum("otelcol_exporter_queue_size", ({ data_type: type = "traces" }) => type === "traces"),
  };
}

function isSynchronous({ receiver = "", exporter = "" }: Readonly<Record<string, string>>): boolean {
  return `${receiver}${exporter}`.endsWith(`/${synchronousPipeline}`);
}
