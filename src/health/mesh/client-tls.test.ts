import { describe, expect, it } from "vitest";
import { askOne } from "../../../test/support/health-trial.ts";
import { meshNamespace, meshPod, proxyAnswers, strictMesh } from "../../../test/support/mesh-objects.ts";
import { AppError } from "../../core/error.ts";
import type { KubeObject } from "../../core/kubernetes/object.ts";
import { meshClientTls } from "../checks/mesh-client-tls.ts";

const host = "payments.shop.svc.cluster.local";
const edge = `deployment shop/orders → ${host}:80`;
const rule = (trafficPolicy: object): KubeObject => ({
  apiVersion: "networking.istio.io/v1",
  kind: "DestinationRule",
  metadata: { name: "payments", namespace: "shop" },
  spec: { host: "payments", trafficPolicy },
});

interface Trial {
  readonly policy?: object;
  readonly strict?: boolean;
  readonly calls?: number;
  /** Where the callee is. */
  readonly address?: string;
  readonly errors?: Readonly<Record<string, AppError>>;
}

async function said({ policy = {}, strict = true, calls = 5, address = "10.0.0.3", errors = {} }: Trial) {
  const pods = [meshPod("orders-1", "orders", "10.0.0.1"), meshPod("payments-1", "payments", "10.0.0.3")];
  const { findings } = await askOne(meshClientTls, {
    objects: [meshNamespace, ...pods, rule(policy), ...(strict ? [strictMesh] : [])],
    answers: {
      "shop/orders-1:15000": proxyAnswers([{ host, calls, hosts: { [address]: "well" } }]),
      "shop/payments-1:15000": proxyAnswers([]),
    },
    errors,
  });
  return findings.map(({ severity, subject, summary }) => `${severity} ${subject}: ${summary}`);
}

const fails = (sends: string) =>
  `fail ${edge}: sends ${sends} because of DestinationRule shop/payments, but the callee only accepts mutual TLS: its calls fail`;

describe("a rule that sets the TLS mode of callers", () => {
  // istio.io#2131, istio#6279
  it.each([
    ["DISABLE", { tls: { mode: "DISABLE" } }, "plain text"],
    ["SIMPLE", { tls: { mode: "SIMPLE" } }, "TLS that is not the mesh's (SIMPLE)"],
    [
      "DISABLE for the port",
      { tls: { mode: "ISTIO_MUTUAL" }, portLevelSettings: [{ port: { number: 80 }, tls: { mode: "DISABLE" } }] },
      "plain text",
    ],
  ])("Calls to a callee that only accepts mutual TLS fail with %s", async (_what, policy, sends) => {
    expect(await said({ policy })).toEqual([fails(sends)]);
  });

  it("Calls that cross the network in plain text although both have proxies are a warning", async () => {
    expect(await said({ policy: { tls: { mode: "DISABLE" } }, strict: false })).toEqual([
      `warn ${edge}: sends plain text because of DestinationRule shop/payments, although both have proxies`,
    ]);
  });

  it("A rule with mutual TLS, and one that lets Istio choose, are ok", async () => {
    expect((await said({ policy: { tls: { mode: "ISTIO_MUTUAL" } } }))[0]).toMatch(/^ok 1 call edge/);
    expect((await said({}))[0]).toMatch(/^skip .*Istio chooses it$/);
  });

  it("A rule is not checked if no call was made, or if the callee is outside the mesh", async () => {
    const policy = { tls: { mode: "SIMPLE" } };
    expect((await said({ policy, calls: 0 }))[0]).toMatch(/^skip /);
    expect((await said({ policy, address: "192.0.2.1" }))[0]).toMatch(/^skip /);
  });

  it("The TLS mode is unknown if rules may not be read", async () => {
    const errors = { DestinationRule: new AppError("KUBE_DENIED", "you may not list destinationrules") };
    expect((await said({ errors }))[0]).toMatch(/^unknown /);
  });
});
