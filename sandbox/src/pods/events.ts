import { randomBytes } from "node:crypto";
import type { Clock } from "../../../src/core/clock.ts";
import type { Api } from "./api.ts";
import type { Pod } from "./pod.ts";

/** Records an event of a pod, which `kubectl describe` shows. */
export interface Events {
  emit(pod: Pod, type: "Normal" | "Warning", reason: string, message: string): Promise<void>;
}

/** An event that cannot be written is dropped: it is also in the log. */
export function createEvents(api: Api, clock: Clock, signal: AbortSignal): Events {
  return {
    async emit({ metadata, spec }, type, reason, message) {
      const { namespace, name, uid } = metadata;
      const time = new Date(clock.now()).toISOString();
      const seconds = `${time.slice(0, 19)}Z`;
      const event = {
        apiVersion: "v1",
        kind: "Event",
        metadata: { namespace, name: `${name.slice(0, 230)}.${randomBytes(8).toString("hex")}` },
        involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name, uid },
        type,
        reason,
        message: message.slice(0, 1_024),
        source: { component: "gennet-sandbox", host: spec.nodeName ?? "" },
        firstTimestamp: seconds,
        lastTimestamp: seconds,
        count: 1,
      };
      await api.send("POST", `/api/v1/namespaces/${namespace}/events`, event, signal).catch(() => undefined);
    },
  };
}
