import { describe, expect, it } from "vitest";
import { AppError } from "./error.ts";
import { recorded, type RecordedCall, replayed } from "./recording.ts";
import { fromJson, toJson } from "./tagged-json.ts";

interface Port {
  readonly name: string;
  get(id: string, signal: AbortSignal): Promise<unknown>;
  list(signal: AbortSignal): AsyncIterable<readonly number[]>;
}

const { signal } = new AbortController();
const denied = new AppError("KUBE_DENIED", "not allowed", { next: ["ask"] });
let count = 0;
const port: Port = {
  name: "eu",
  get: async (id) => {
    if (id === "secret") throw denied;
    return id === "map" ? new Map([["a", new Date(0)]]) : `${id} ${++count}`;
  },
  async *list() {
    yield [1, 2];
    yield [3];
  },
};

async function pagesOf({ list }: Pick<Port, "list">): Promise<readonly (readonly number[])[]> {
  const pages = [];
  for await (const page of list(signal)) pages.push(page);
  return pages;
}

async function record(): Promise<Port> {
  const calls: RecordedCall[] = [];
  const taped = recorded(port, "eu/cluster", (call) => void calls.push(call));
  await taped.get("a", signal);
  await taped.get("a", signal);
  await taped.get("map", signal);
  await taped.get("secret", signal).catch(() => undefined);
  await pagesOf(taped);
  const kept = calls.map((call) => fromJson(toJson(call)) as RecordedCall);
  return replayed<Port>(kept, "eu/cluster", ["list"], { name: "eu" });
}

describe("a recorded port", () => {
  it("A recording replays the answers in the order of the calls, and then repeats the last one", async () => {
    count = 0;
    const replay = await record();
    expect([await replay.get("a", signal), await replay.get("a", signal), await replay.get("a", signal)]).toEqual([
      "a 1",
      "a 2",
      "a 2",
    ]);
    expect(await pagesOf(replay)).toEqual([[1, 2], [3]]);
    expect(replay.name).toBe("eu");
  });

  it("A recording keeps dates and maps", async () => {
    expect(await (await record()).get("map", signal)).toEqual(new Map([["a", new Date(0)]]));
  });

  it("A recording fails like the original", async () => {
    await expect((await record()).get("secret", signal)).rejects.toMatchObject({
      code: "KUBE_DENIED",
      message: "not allowed",
      next: ["ask"],
    });
  });

  it("A recording has no answer to a call that was not recorded", async () => {
    await expect((await record()).get("b", signal)).rejects.toMatchObject({ code: "RECORDING_INCOMPLETE", exit: 5 });
  });
});
