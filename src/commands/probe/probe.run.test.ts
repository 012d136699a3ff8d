import { describe, expect, it } from "vitest";
import { clusterContext } from "../../../test/support/cluster-context.ts";
import { assertDocument } from "../../../test/support/documents.ts";
import type { Context } from "../../context.ts";
import type { TextView } from "../../core/command.ts";
import { AppError } from "../../core/error.ts";
import { envelope } from "../../core/outcome.ts";
import { callText, type ProbeCall, type ProbeResult } from "../../core/probe.ts";
import type { ProbeOrigin } from "../../k8s/probe/port.ts";
import type { ProbeInput } from "./probe.ts";
import { present, run } from "./probe.run.ts";

const input: ProbeInput = {
  calls: ["tcp://127.0.0.1:1"],
  inPod: true,
  meshed: false,
  image: undefined,
  secrets: "/nowhere",
  listen: undefined,
};
const plain: TextView = { wide: false, columns: 200, paint: (_tone, text) => text };

type Answers = Readonly<Record<string, ProbeResult["outcome"] | AppError>>;

/** Places whose pods answer every call with an outcome, or do not run. */
function places(answers: Answers, namespace?: string): { readonly context: Context; readonly origins: ProbeOrigin[] } {
  const origins: ProbeOrigin[] = [];
  const clusters = Object.fromEntries(Object.keys(answers).map((name) => [name, {}]));
  const prober: Context["prober"] = async ({ name }) => ({
    probe: async (calls: readonly ProbeCall[], origin: ProbeOrigin) => {
      origins.push(origin);
      const answer = answers[name];
      if (answer instanceof AppError) throw answer;
      return calls.map((call) => ({ call: callText(call), outcome: answer ?? "ok", summary: "told", durationMs: 3 }));
    },
    whileListening: () => Promise.reject(new Error("no pod listens here")),
  });
  const options = namespace === undefined ? {} : { namespace };
  return { context: { ...clusterContext(clusters, options), prober }, origins };
}

describe("gennet probe", () => {
  it("gennet probe --in-pod shows the results of each region, and hides none behind a pod that does not run", async () => {
    const late = new AppError("PROBE_POD_NOT_STARTED", "us: the pod did not run: no image.", { next: ["look"] });
    const { exit, document } = await run(input, places({ eu: "ok", us: late }).context);
    assertDocument(JSON.parse(JSON.stringify(envelope(document))));
    expect(exit).toBe(5);
    const lines = present(document, plain).split("\n");
    expect(lines.slice(0, 2).map((line) => line.split(/ {2,}/))).toEqual([
      ["REGION", "OUTCOME", "CALL", "RESULT", "TIME"],
      ["eu", "ok", "tcp://127.0.0.1:1", "told", "3ms"],
    ]);
    expect(lines.slice(2).join("\n")).toContain("the pod did not run: no image.");
    const onlyUs = await run(input, places({ us: late }).context);
    expect(present(onlyUs.document, plain)).toMatch(/^us\n.*no image/);
  });

  it.each<readonly [answers: Answers, exit: number]>([
    [{ eu: "ok", us: "ok" }, 0],
    [{ eu: "ok", us: "unknown" }, 5],
    [{ eu: "failed", us: "unknown" }, 3],
    [{ eu: new AppError("PROBE_IMAGE_UNSET", "no image") }, 2],
    [{ eu: new AppError("KUBE_DENIED", "not allowed") }, 4],
  ])("gennet probe --in-pod exits by the worst result: %j", async (answers, code) => {
    expect((await run(input, places(answers).context)).exit).toBe(code);
  });

  it("The pod is in the namespace of -n, by default in default, and has a sidecar only with --meshed", async () => {
    const [first, second] = [places({ eu: "ok" }), places({ eu: "ok" }, "shop")];
    await run(input, first.context);
    await run({ ...input, meshed: true }, second.context);
    expect([...first.origins, ...second.origins]).toEqual([
      { namespace: "default", meshed: false },
      { namespace: "shop", meshed: true },
    ]);
  });

  it.each<readonly [what: string, more: Partial<ProbeInput>]>([
    ["no call", { calls: [] }],
    ["a sidecar without a pod", { inPod: false, meshed: true }],
    ["an image without a pod", { inPod: false, image: "gennet:1" }],
    ["a call that is none", { calls: ["orders"] }],
    ["calls while it listens", { inPod: false, listen: 8080 }],
    ["to listen in another pod", { calls: [], listen: 8080 }],
  ])("gennet probe refuses %s", async (_what, more) => {
    const { context, origins } = places({ eu: "ok" });
    await expect(run({ ...input, ...more }, context)).rejects.toMatchObject({ code: "USAGE_INVALID" });
    expect(origins).toEqual([]);
  });
});
