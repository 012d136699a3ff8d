import type { AppError } from "../../core/error.ts";

/** What a Collector's own metrics say about its spans, since it started. */
export interface CollectorCounts {
  /** Spans that it received. */
  readonly accepted: number;
  /** Spans that the backend took. */
  readonly sent: number;
  /** Spans that it gave up on: they are lost. */
  readonly lost: number;
  /** Batches that wait to be sent, or to be sent again. */
  readonly waiting: number;
}

export interface CollectorPod {
  readonly namespace: string;
  readonly name: string;
  readonly counts: CollectorCounts | AppError;
}

/** The OpenTelemetry Collectors of one cluster. Errors are those of the Cluster port. */
export interface Collectors {
  /** Returns the running pods of a namespace with these labels, and what each reports through a port-forward. */
  read(
    place: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> },
    signal: AbortSignal,
  ): Promise<readonly CollectorPod[]>;
}
