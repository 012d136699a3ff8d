import { Agent } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { type FakeKubelet, fakeKubelet } from "../../test/support/fake-kubelet.ts";
import { realClock } from "../../test/support/real-clock.ts";
import { SecretValue } from "../core/secret-value.ts";
import { createCluster } from "./cluster.ts";
import type { Cluster } from "./port.ts";
import { createTransport } from "./transport.ts";
import { createWorkloads } from "./workloads/workloads.ts";

const { signal } = new AbortController();
const target = { namespace: "shop", name: "orders-1", container: "app" };
let kubelet: FakeKubelet;
afterEach(async () => kubelet.close());

async function connect(refuse?: Parameters<typeof fakeKubelet>[1]): Promise<Cluster> {
  kubelet = await fakeKubelet(1, refuse);
  const access = { server: new URL(kubelet.url), authorise: async () => ({ agent: new Agent(), headers: {} }) };
  const transport = createTransport(access, { cluster: "eu", requestTimeoutMs: 10_000, clock: realClock });
  return createCluster({ name: "eu", kubectl: "kubectl --context eu" }, transport, realClock);
}

describe("a command in a container", () => {
  it("A command in a container gets its input, and returns its output and exit code", async () => {
    const cluster = await connect();
    const command = ["sh", "-c", 'read -r line; echo "got $line"; exit 3'];
    expect(await cluster.exec(target, command, "a line\n", signal)).toEqual({ stdout: "got a line\n", exitCode: 3 });
    expect(await cluster.exec(target, ["true"], "", signal)).toEqual({ stdout: "", exitCode: 0 });
    expect(kubelet.upgrades[1]).toBe(
      "/api/v1/namespaces/shop/pods/orders-1/exec?container=app&stdin=true&stdout=true&stderr=true&command=true",
    );
  });

  it("A command that the container does not have has no exit code", async () => {
    expect(await (await connect()).exec(target, ["no-such-program"], "", signal)).toMatchObject({
      exitCode: undefined,
    });
  });

  it("A command that is not allowed is refused", async () => {
    const cluster = await connect(() => ({
      status: 403,
      message: 'pods "orders-1" is forbidden: User "jo" cannot create resource "pods/exec"',
    }));
    await expect(cluster.exec(target, ["true"], "", signal)).rejects.toMatchObject({ code: "KUBE_DENIED" });
  });
});

describe("a container's fingerprints", () => {
  const pod = { ...target, annotations: {}, ready: true, createdAt: 0 };
  const values = [
    { as: "variable", at: "SECRET" },
    { as: "variable", at: "NOWHERE" },
  ] as const;

  it("Only fingerprints leave the container, and the key is not in the API server's log", async () => {
    const workloads = createWorkloads(await connect(), realClock);
    const told = await workloads.fingerprints(pod, { container: "app", values }, "the-key", signal);
    expect(told).toEqual([new SecretValue("hunter2").fingerprint("the-key"), undefined]);
    expect(kubelet.upgrades.join()).not.toContain("the-key");
  });

  it("Fingerprints are unknown if exec is not allowed", async () => {
    const workloads = createWorkloads(await connect(() => ({ status: 403, message: "no" })), realClock);
    expect(await workloads.fingerprints(pod, { container: "app", values }, "k", signal)).toBeUndefined();
  });
});
