import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Clock } from "../../../src/core/clock.ts";
import { endProcesses } from "../processes/daemon.ts";
import { processTable } from "../processes/process-table.ts";
import { faultFlags, faultTextOf } from "./fault.ts";
import type { Pod } from "./pod.ts";
import type { PodRecord } from "./pod-folder.ts";
import { sidecarOf } from "./redirection.ts";

/** Keeps one pod's fault in line with the pod's annotation. */
export interface FaultKeeper {
  /** The text of the active fault. */
  inEffect(): string | undefined;
  /** An earlier runtime had the pod and may have left an active fault. */
  adopt(): void;
  /** Applies the current annotation, and undoes an earlier one. A fault that failed is tried once. */
  follow(pod: Pod, place: PodRecord): Promise<void>;
  /** The pod is finished: no process is left running. */
  end(): Promise<void>;
}

export function createFaultKeeper(shim: string, folder: string, clock: Clock): FaultKeeper {
  let current: string | undefined;
  let tried: string | undefined;
  let unsure = false;
  const end = async (): Promise<void> => {
    const ours = [...(await processTable()).values()].filter(
      ({ args }) => args[0] === shim && args[1] === "fault" && args.includes(`--pod=${folder}`),
    );
    await endProcesses(ours, processTable, clock);
  };
  const run = async (place: PodRecord, flags: readonly string[]): Promise<void> => {
    const within = [`--net=${place.netns}`, "--", shim, "fault", `--pod=${folder}`];
    const child = spawn("nsenter", [...within, ...flags], {
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {},
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    // It prints one line as soon as the fault is active, or exits.
    const begun = once(child.stdout, "data").then(() => true);
    const ended = once(child, "close").then(() => false);
    const stays = await Promise.race([begun, ended]);
    if (!stays && child.exitCode !== 0) throw new Error(said.trim() || `pod-shim fault ended with ${child.exitCode}`);
    child.stderr.destroy();
    child.unref();
  };
  return {
    inEffect: () => current,
    adopt() {
      unsure = true;
    },
    async follow(pod, place) {
      const wanted = faultTextOf(pod);
      if (wanted === tried && !unsure) return;
      tried = wanted;
      await end();
      await run(place, ["--clear"]);
      [current, unsure] = [undefined, false];
      if (wanted === undefined) return;
      const ports = pod.spec.containers
        .filter(({ name }) => name !== sidecarOf(pod)?.name)
        .flatMap((container) => container.ports ?? [])
        .map(({ containerPort }) => containerPort);
      if (ports.length === 0) throw new Error("no container of the pod declares a port that could fail");
      const where = [`--address=${place.address}`, `--ports=${ports.join(",")}`];
      const meshed = sidecarOf(pod) === undefined ? [] : ["--meshed"];
      await run(place, [...where, ...meshed, ...faultFlags(wanted)]);
      current = wanted;
    },
    end,
  };
}
