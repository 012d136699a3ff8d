import type { Clock } from "../../core/clock.ts";
import { itemsOf } from "../../core/items-of.ts";
import { formatDuration } from "../../core/duration.ts";
import { AppError } from "../../core/error.ts";
import { selectorText } from "../../core/kubernetes/label-selector.ts";
import { controllerOf, type KubeObject } from "../../core/kubernetes/object.ts";
import type { PodObject } from "../../core/kubernetes/pod.ts";
import {
  isRolledOut,
  rolloutOf,
  rolloutText,
  whyNotReplaced,
  workloadKey,
  workloadKinds,
  type WorkloadObject,
} from "../../core/kubernetes/workload.ts";
import { follow } from "../follow.ts";
import type { Cluster, ListQuery, ObjectRef } from "../port.ts";
import { fingerprintCommand, readFingerprints } from "./fingerprint-script.ts";
import { isOwnedBy, runningPod } from "./pods.ts";
import type { Consumer, SecretPod, Workloads } from "./port.ts";
import { type ProviderClassObject, toProviderClass } from "./provider-classes.ts";
import { secretUses } from "./secret-uses.ts";

const apiVersion = "apps/v1";
/** The annotation of `kubectl rollout restart`. */
const restartedAt = "kubectl.kubernetes.io/restartedAt";

export function createWorkloads(cluster: Cluster, clock: Clock): Workloads {
  const { kubectl } = cluster;
  const all = <T extends KubeObject>(query: ListQuery, signal: AbortSignal): Promise<T[]> =>
    itemsOf(cluster.list<T>(query, signal));

  const rolloutError = (code: "ROLLOUT_FAILED" | "ROLLOUT_NOT_DONE", consumer: Consumer, why: string): AppError => {
    const { kind, namespace, name } = consumer;
    return new AppError(code, `${cluster.name}: ${nameOf(consumer)}: ${why}`, {
      next: [`${kubectl} -n ${namespace} describe ${kind.toLowerCase()} ${name}`, "gennet status"],
    });
  };

  return {
    async consumers(namespace, secret, signal) {
      const lists = workloadKinds.map(async (kind) =>
        (await all<WorkloadObject>({ apiVersion, kind, namespace }, signal)).flatMap((object) => {
          const consumer = toConsumer(kind, object, secret);
          return consumer === undefined ? [] : [consumer];
        }),
      );
      return (await Promise.all(lists)).flat();
    },

    async restart(consumer, annotations, signal) {
      const now = new Date(clock.now()).toISOString();
      const metadata = { annotations: { ...annotations, [restartedAt]: now } };
      await cluster.patch(refOf(consumer), { merge: { spec: { template: { metadata } } } }, {}, signal);
    },

    async untilRolledOut(consumer, { patienceMs, report }, signal) {
      const arrived = (object: WorkloadObject | undefined): boolean => {
        if (object === undefined) throw rolloutError("ROLLOUT_FAILED", consumer, "it was deleted");
        const rollout = rolloutOf(object);
        const isFailed = rollout.observed && rollout.stalled !== undefined;
        if (isFailed) throw rolloutError("ROLLOUT_FAILED", consumer, rollout.stalled);
        if (isRolledOut(rollout)) return true;
        report(`${nameOf(consumer)}: ${rolloutText(rollout)}`);
        return false;
      };
      const late = (last: WorkloadObject | undefined): AppError => {
        const detail = last === undefined ? "not done" : rolloutText(rolloutOf(last));
        return rolloutError("ROLLOUT_NOT_DONE", consumer, `${detail} after ${formatDuration(patienceMs)}`);
      };
      await follow(cluster, refOf(consumer), arrived, { clock, patienceMs, late }, signal);
    },

    async pods(consumer, signal) {
      const { namespace, selector } = consumer;
      const query = { apiVersion: "v1", kind: "Pod", namespace, labelSelector: selector };
      const pods = await all<PodObject>(query, signal);
      return pods.filter((pod) => isOwnedBy(pod, consumer)).flatMap((pod) => runningPod(pod) ?? []);
    },

    async users(namespace, secret, signal) {
      const pods = await all<PodObject>({ apiVersion: "v1", kind: "Pod", namespace }, signal);
      return pods.flatMap((pod): SecretPod[] => {
        const uses = secretUses(pod.spec ?? {}, secret);
        const running = runningPod(pod);
        if (uses === undefined || running === undefined) return [];
        const owner = controllerOf(pod);
        return [{ ...running, uses, ...(owner && { owner: `${owner.kind} ${owner.name}` }) }];
      });
    },

    async providerClasses(signal) {
      const query = { apiVersion: "secrets-store.csi.x-k8s.io/v1", kind: "SecretProviderClass" };
      if (!(await cluster.serves(query.apiVersion, query.kind, signal))) return [];
      return (await all<ProviderClassObject>(query, signal)).flatMap((each) => toProviderClass(each) ?? []);
    },

    async fingerprints({ namespace, name }, { container, values }, key, signal) {
      try {
        const command = fingerprintCommand(values);
        const { exitCode, stdout } = await cluster.exec({ namespace, name, container }, command, `${key}\n`, signal);
        return exitCode === 0 ? readFingerprints(stdout, values.length) : undefined;
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof AppError) return undefined;
        throw error;
      }
    },
  };
}

function toConsumer(kind: Consumer["kind"], object: WorkloadObject, secret: string): Consumer | undefined {
  const { template, selector } = object.spec;
  const uses = secretUses(template?.spec ?? {}, secret);
  if (uses === undefined) return undefined;
  const blockedReason = whyNotReplaced(object);
  return {
    kind,
    namespace: object.metadata.namespace ?? "default",
    name: object.metadata.name,
    uses,
    annotations: template?.metadata?.annotations ?? {},
    selector: selectorText(selector),
    ...(blockedReason === undefined ? {} : { blockedReason }),
  };
}

function refOf({ kind, namespace, name }: Consumer): ObjectRef {
  return { apiVersion, kind, namespace, name };
}

function nameOf({ kind, namespace, name }: Consumer): string {
  return workloadKey(kind, namespace, name);
}
