import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { referees } from "./referees.ts";

/** Runs work with a URL at which `kubectl port-forward` serves the port of a pod, `NAME` or `NAMESPACE/NAME`. */
export async function forwarded<T>(
  pod: string,
  port: number,
  env: Readonly<Record<string, string>>,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const [name = "", namespace = "default"] = pod.split("/").toReversed();
  const child = spawn((await referees()).kubectl, ["-n", namespace, "port-forward", name, `:${port}`], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const [, local] = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (local !== undefined) return await work(`http://127.0.0.1:${local}/`);
    }
    throw new Error("kubectl port-forward has ended");
  } finally {
    child.kill();
    await ended;
  }
}
