import { describe, expect, it } from "vitest";
import { joint } from "./shared.ts";

/** Work that ends when the test decides, and records how often it was started and aborted. */
function trial() {
  const record = { started: 0, abandoned: 0 };
  let settle: { resolve: (value: string) => void; reject: (reason: unknown) => void };
  const ask = joint((signal) => {
    record.started++;
    signal.addEventListener("abort", () => record.abandoned++);
    return new Promise<string>((resolve, reject) => {
      settle = { resolve, reject };
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  });
  return { ask, record, settle: () => settle };
}

describe("shared work", () => {
  it("Shared work runs once for all concurrent callers, and again for the next one", async () => {
    const { ask, record, settle } = trial();
    const both = [ask(new AbortController().signal), ask(new AbortController().signal)];
    settle().resolve("token");
    expect(await Promise.all(both)).toEqual(["token", "token"]);
    const next = ask(new AbortController().signal);
    settle().resolve("another");
    expect(await next).toBe("another");
    expect(record).toEqual({ started: 2, abandoned: 0 });
  });

  it("Shared work outlives the first caller, whose time-out does not fail the others", async () => {
    const { ask, record, settle } = trial();
    const first = new AbortController();
    const left = ask(first.signal);
    const stays = ask(new AbortController().signal);
    first.abort(new Error("too slow"));
    await expect(left).rejects.toThrow("too slow");
    settle().resolve("token");
    expect(await stays).toBe("token");
    expect(record).toEqual({ started: 1, abandoned: 0 });
  });

  it("Shared work is aborted when the last caller leaves, and started again for the next one", async () => {
    const { ask, record, settle } = trial();
    const only = new AbortController();
    const left = ask(only.signal);
    only.abort(new Error("too slow"));
    await expect(left).rejects.toThrow("too slow");
    expect(record).toEqual({ started: 1, abandoned: 1 });
    const next = ask(new AbortController().signal);
    settle().resolve("token");
    expect(await next).toBe("token");
  });

  it("Shared work fails for all waiting callers, and is tried again afterwards", async () => {
    const { ask, settle } = trial();
    const both = [ask(new AbortController().signal), ask(new AbortController().signal)];
    settle().reject(new Error("refused"));
    await expect(Promise.allSettled(both)).resolves.toMatchObject([{ status: "rejected" }, { status: "rejected" }]);
    const next = ask(new AbortController().signal);
    settle().resolve("token");
    expect(await next).toBe("token");
  });

  it("Shared work does not start for a caller that has already left", async () => {
    const { ask, record } = trial();
    await expect(ask(AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
    expect(record.started).toBe(0);
  });
});
