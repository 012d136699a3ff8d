import type { Clock } from "../core/clock.ts";
import { type Attempt, callText, type ProbeCall, type ProbeResult } from "../core/probe.ts";
import { SecretFileMissing, storeTarget } from "./store-login.ts";
import { troubleOfConnection } from "./trouble.ts";

export interface CallSettings {
  readonly clock: Pick<Clock, "now">;
  /** The folder that has a folder for each Secret. */
  readonly secrets: string;
  /** Milliseconds for each call. */
  readonly timeoutMs: number;
}

/** Makes all calls at once, and returns their results in the same order. Throws the signal's reason. */
export async function makeCalls(
  calls: readonly ProbeCall[],
  settings: CallSettings,
  signal: AbortSignal,
): Promise<readonly ProbeResult[]> {
  return Promise.all(calls.map(async (call) => makeCall(call, settings, signal)));
}

async function makeCall(call: ProbeCall, settings: CallSettings, signal: AbortSignal): Promise<ProbeResult> {
  const { clock, timeoutMs } = settings;
  const startedAt = clock.now();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const told = (attempt: Attempt): ProbeResult => ({
    call: callText(call),
    ...attempt,
    durationMs: clock.now() - startedAt,
  });
  try {
    const attempt = await attempted(call, settings, limit);
    signal.throwIfAborted();
    return told(attempt);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SecretFileMissing) {
      return told({ outcome: "unknown", trouble: "unanswerable", summary: error.message });
    }
    return told(troubleOfConnection(error));
  }
}

/** The drivers of data stores are loaded when they are needed. */
async function attempted(call: ProbeCall, { clock, secrets }: CallSettings, signal: AbortSignal): Promise<Attempt> {
  switch (call.kind) {
    case "tcp":
      return (await import("./calls/tcp.ts")).tryTcp(call.host, call.port, signal);
    case "http":
      return (await import("./calls/http.ts")).tryHttp(call.url, signal);
    case "otlp":
      return (await import("./calls/otlp.ts")).tryOtlp(call.url, clock.now(), signal);
    case "postgres":
      return (await import("./calls/postgres.ts")).tryPostgres(await storeTarget(call, secrets), signal);
    case "redis":
      return (await import("./calls/redis.ts")).tryRedis(await storeTarget(call, secrets), signal);
    case "neo4j":
      return (await import("./calls/neo4j.ts")).tryNeo4j(await storeTarget(call, secrets), signal);
  }
}
