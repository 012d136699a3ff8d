import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { failedStart } from "./failed-start.ts";

const kubelet = { name: "pod-kubelet", awsRegion: "eu-west-1" };

async function failing(log: string) {
  const folder = await mkdtemp(join(tmpdir(), "gennet-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "log");
  await writeFile(file, log);
  return failedStart(kubelet, "ended while it started", file);
}

describe("a component that did not start", () => {
  it("A component that did not start is reported with the end of its log", async () => {
    const error = await failing(`${"old\n".repeat(20)}it broke\n`);
    expect(error.message).toMatch(/^eu-west-1 pod-kubelet ended while it started\..*\n( {2}old\n){7} {2}it broke$/s);
    expect(error.next).toHaveLength(2);
  });

  it("A component that did not start has no log if it never began one", async () => {
    expect((await failedStart(kubelet, "ended", "/nowhere/log")).code).toBe("SANDBOX_COMPONENT_FAILED");
  });

  it("A component that did not start names a port in use on all addresses, which a new sandbox would not change", async () => {
    const { next } = await failing("pod-shim: listen tcp4 100.108.16.1:5432: bind: address already in use\n");
    expect(next[0]).toContain("ss -ltnp 'sport = :5432'");
    const own = await failing("listen tcp 127.0.0.1:20144: bind: address already in use\n");
    expect(own.next[1]).toContain("with other ports");
  });
});
