import { describe, expect, it } from "vitest";
import { fence, Killed, runbookTrial } from "../../../test/support/runbook-trial.ts";
import { answerOf } from "../../core/gate.ts";
import { SecretValue } from "../../core/secret-value.ts";

const looks = fence(
  'kubectl name=look output=node=/spec/nodeName expect="/status/phase == Running"',
  "get pod ${pod} -o json",
);
const deletes = fence("kubectl name=delete safe", "kubectl delete pod ${pod}");
const running = { stdout: JSON.stringify({ spec: { nodeName: "n1" }, status: { phase: "Running" } }) };

describe("a run of a runbook", () => {
  it("A run fills values into whole arguments, adds the place, and takes values from the output", async () => {
    const trial = runbookTrial(`${looks}${fence("gennet name=more reads", "status --only nodes/${node}")}`);
    trial.programs.set("get pod", running);
    expect(await trial.go()).toMatchObject({ outcome: "done", exit: 0 });
    expect(trial.ran).toEqual([
      "kubectl --context eu get pod orders-1 -o json",
      "gennet status --only nodes/n1 --region eu",
    ]);
    expect([...trial.kept.keys()]).toEqual(["01-look.log", "02-more.log"]);
  });

  it("A value is one argument whatever it contains, and is refused where it could be an option", async () => {
    const trial = runbookTrial(
      fence("kubectl name=look output=found=text", "get pods") + fence("kubectl reads", "get pod ${found}"),
    );
    trial.programs.set("get pods", { stdout: "a b; $(id) 'c'" });
    expect((await trial.go()).outcome).toBe("done");
    const option = runbookTrial(
      fence("kubectl name=look output=found=text", "get pods") + fence("kubectl reads", "get pod ${found}"),
    );
    option.programs.set("get pods", { stdout: "--kubeconfig=/tmp/x" });
    expect(await option.go()).toMatchObject({ outcome: "failed", exit: 2, at: { step: "step-2" } });
    expect(option.ran).toEqual(["kubectl --context eu get pods"]);
  });

  it("A step that fails stops the run with the meaning of its exit code, and can be retried", async () => {
    const trial = runbookTrial(looks + deletes);
    trial.programs.set("get pod", { exit: 1 });
    expect(await trial.go({ yes: true })).toMatchObject({ outcome: "failed", exit: 3, at: { step: "look" } });
    trial.programs.set("get pod", running);
    expect(await trial.go({ yes: true })).toMatchObject({ outcome: "done", exit: 0 });
    expect(trial.ran.filter((line) => line.includes("delete"))).toHaveLength(1);
  });

  it.each([
    ["gennet name=a reads", "status", 5, 5],
    ["gennet name=a reads", "status", 1, 3],
    ["kubectl name=a reads", "get pods", 4, 3],
    ["shell name=a reads", "exit 7", 7, 3],
  ])("%s %s that exits with %i ends the run with %i", async (info, body, code, expected) => {
    const trial = runbookTrial(fence(info, body));
    trial.programs.set("", { exit: code });
    expect((await trial.go()).exit).toBe(expected);
  });

  it("A step that does not end in time is ended, and the run exits with 6", async () => {
    const trial = runbookTrial(fence("shell name=slow reads timeout=5s", "sleep 100"));
    let ended = false;
    trial.programs.set("sleep", async (_call, signal) => {
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      ended = true;
      return {};
    });
    expect(await trial.go()).toMatchObject({ outcome: "failed", exit: 6, at: { summary: "not finished after 5.0s" } });
    expect(ended).toBe(true);
  });

  it("A check waits until it passes, and unknown is not a pass", async () => {
    const trial = runbookTrial(fence("check name=healthy timeout=1m", "pods/running"));
    trial.gate = answerOf([
      { id: "pods/running", severity: "unknown", subject: "pods", summary: "no answer", obstacle: "unreachable" },
    ]);
    const ended = await trial.go();
    expect(ended).toMatchObject({ outcome: "failed", exit: 5 });
    expect(ended.findings).toHaveLength(1);
    trial.gate = { answer: "unknown", findings: [] };
    expect(await trial.go()).toMatchObject({ outcome: "failed", exit: 5 });
    trial.gate = answerOf([{ id: "pods/running", severity: "ok", subject: "pods", summary: "all run" }]);
    expect(await trial.go()).toMatchObject({ outcome: "done" });
  });

  it("A person confirms what changes something, and a no leaves a run that can be resumed", async () => {
    const trial = runbookTrial(fence("kubectl name=delete", "delete pod ${pod}"));
    trial.answers = [false];
    expect(await trial.go()).toMatchObject({ outcome: "stopped", exit: 130 });
    expect(trial.ran).toEqual([]);
    trial.answers = [true];
    expect(await trial.go()).toMatchObject({ outcome: "done" });
    expect(trial.lines.all.join()).toContain('"answer":"no","author":"ana@laptop"');
  });

  it("--yes does not confirm a step that is not marked safe", async () => {
    const trial = runbookTrial(fence("kubectl name=delete", "delete pod ${pod}"));
    expect(await trial.go({ yes: true })).toMatchObject({ outcome: "failed", exit: 2 });
    expect(trial.ran).toEqual([]);
  });

  it("An answer decides which steps run", async () => {
    const trial = runbookTrial(
      fence("ask name=way choices=restart,wait", "What?") +
        fence('kubectl name=restart safe when="way == restart"', "rollout restart deployment/x") +
        fence('wait name=pause when="way == wait"', "1h"),
    );
    trial.answers = ["wait"];
    expect((await trial.go()).outcome).toBe("done");
    expect(trial.ran).toEqual([]);
    expect(trial.said).toContain("  - restart: skipped: way == restart does not hold");
  });

  it("A person can undo what was done, in reverse order, only where something changed", async () => {
    const trial = runbookTrial(
      fence("kubectl name=one safe", "scale a") +
        fence("kubectl name=back-one undo-of=one safe", "restore a") +
        fence("kubectl name=two safe", "scale b") +
        fence("kubectl name=back-two undo-of=two safe", "restore b") +
        fence("kubectl name=three safe", "scale c") +
        fence("kubectl name=back-three undo-of=three safe", "restore c"),
    );
    trial.programs.set("scale b", { exit: 1 });
    trial.answers = ["undo"];
    expect(await trial.go({ yes: true })).toMatchObject({ outcome: "undone", exit: 0 });
    expect(trial.ran.map((line) => line.split(" ").slice(3).join(" "))).toEqual([
      "scale a",
      "scale b",
      "restore b",
      "restore a",
    ]);
  });

  it("An undo that failed is resumed as an undo", async () => {
    const trial = runbookTrial(
      fence("kubectl name=one safe", "scale a") +
        fence("kubectl name=back-one undo-of=one safe", "restore a") +
        fence("kubectl name=two safe", "scale b"),
    );
    trial.programs.set("scale b", { exit: 1 });
    trial.programs.set("restore a", { exit: 1 });
    expect(await trial.go({ yes: true })).toMatchObject({ outcome: "failed" });
    expect(await trial.go({ yes: true, undo: true })).toMatchObject({ outcome: "stuck", exit: 3 });
    trial.programs.delete("restore a");
    expect(await trial.go({ yes: true })).toMatchObject({ outcome: "undone", exit: 0 });
  });

  it("--from-step skips the steps before it", async () => {
    const trial = runbookTrial(looks + deletes);
    expect(await trial.go({ yes: true, fromStep: "delete" })).toMatchObject({ outcome: "done" });
    expect(trial.ran).toEqual(["kubectl --context eu delete pod orders-1"]);
  });

  it("Output is kept and shown without secrets, and a value is never a secret", async () => {
    const planted = new SecretValue("pl4nted-secret");
    const trial = runbookTrial(
      fence("kubectl name=leak reads", "get secret db -o yaml") +
        fence("shell name=print reads", "print") +
        fence("kubectl name=value reads output=found=/data/password", "get secret db -o json"),
      new Map([["token", planted]]),
    );
    const secret = {
      apiVersion: "v1",
      data: { password: "cGw0bnRlZC1vdGhlcg==" },
      kind: "Secret",
      metadata: { name: "db" },
    };
    trial.programs.set("-o yaml", {
      stdout: "apiVersion: v1\ndata:\n  password: cGw0bnRlZC1vdGhlcg==\nkind: Secret\nmetadata:\n  name: db\n",
    });
    trial.programs.set("print", { stdout: "token is pl4nted-secret\npassword: pl4nted-third\n" });
    trial.programs.set("-o json", { stdout: JSON.stringify(secret) });
    await trial.go();
    const out = [...trial.kept.values(), ...trial.said, ...trial.lines.all].join("\n");
    expect(out).toContain("[redacted]");
    expect(out).not.toMatch(/pl4nted|cGw0bnRlZC/);
  });

  it("Undo steps run in the order of the document, if their condition holds", async () => {
    const trial = runbookTrial(
      fence("ask name=way choices=left,right", "Where to?") +
        fence("kubectl name=one safe", "scale a") +
        fence('kubectl name=right undo-of=one safe when="way == right"', "restore right") +
        fence("kubectl name=first undo-of=one safe", "restore first") +
        fence("kubectl name=second undo-of=one safe", "restore second") +
        fence("shell name=fails safe", "fail"),
    );
    trial.programs.set("fail", { exit: 1 });
    trial.answers = ["left", "stop"];
    expect(await trial.go({ yes: true })).toMatchObject({ outcome: "failed" });
    trial.answers = undefined;
    expect(await trial.go({ yes: true, undo: true })).toMatchObject({ outcome: "undone" });
    expect(trial.ran.filter((line) => line.includes("restore")).map((line) => line.split(" ").at(-1))).toEqual([
      "first",
      "second",
    ]);
  });

  it("An undo step that was killed is not repeated without a question, unless it is safe", async () => {
    const trial = runbookTrial(
      fence("kubectl name=one safe", "scale a") +
        fence("kubectl name=back undo-of=one", "restore a") +
        fence("shell name=fails safe", "fail"),
    );
    trial.programs.set("fail", { exit: 1 });
    trial.answers = ["stop"];
    await trial.go({ yes: true });
    // After the line of the change of `back`: turn, stage, decision, change.
    trial.kill(trial.lines.all.length + 4, "after");
    trial.answers = [true];
    await expect(trial.go({ yes: true, undo: true })).rejects.toThrow(Killed);
    trial.revive();
    trial.answers = ["done"];
    expect(await trial.go({ yes: true })).toMatchObject({ outcome: "undone" });
    expect(trial.ran.filter((line) => line.includes("restore"))).toEqual([]);
  });

  it("Ctrl-C at a question interrupts the run, and is not a failed step", async () => {
    const trial = runbookTrial(fence("kubectl name=delete", "delete pod ${pod}"));
    trial.answers = [];
    trial.interrupt = true;
    await expect(trial.go()).rejects.toMatchObject({ exit: 130 });
    expect(trial.lines.all.join()).not.toContain('"failed"');
  });

  it("The question about a step contains the command that it confirms", async () => {
    const trial = runbookTrial(fence("kubectl name=delete", "delete pod ${pod}"));
    trial.answers = [true];
    await trial.go();
    expect(trial.asked).toEqual(["Run delete? kubectl --context eu delete pod orders-1"]);
  });
});
