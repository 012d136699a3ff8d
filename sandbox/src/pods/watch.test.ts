import { expect, it } from "vitest";
import { memoryHost } from "../../../test/support/host.ts";
import { answersInTurn } from "../../../test/support/must-be-used.ts";
import { type Api, ApiError } from "./api.ts";
import { followCollection } from "./watch.ts";

const object = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } });

it("A watch resumes where it ended, and lists again only after the server has dropped the changes", async () => {
  const asked: string[] = [];
  const heard: string[] = [];
  const stop = new AbortController();
  const next = answersInTurn<readonly object[] | Error>("answers to watches", [
    [
      { type: "ADDED", object: object("b", "6") },
      { type: "BOOKMARK", object: object("", "9") },
    ],
    new Error("cut off"),
    [{ type: "ERROR", object: { metadata: {}, code: 410 } }],
    [{ type: "DELETED", object: object("a", "21") }],
  ]);
  const api: Api = {
    get: async <T>(path: string) => {
      asked.push(`list ${path}`);
      const resourceVersion = heard.length === 0 ? "5" : "20";
      return { metadata: { resourceVersion }, items: [object("a", "1")] } as T;
    },
    send: async () => {
      throw new ApiError(500, "nothing is written");
    },
    stream: async function* (path) {
      asked.push(new URLSearchParams(path.split("?")[1]).get("resourceVersion") ?? "");
      const answer = next();
      if (answer instanceof Error) throw answer;
      yield* answer;
      if (asked.at(-1) === "20") stop.abort();
    },
    close: () => undefined,
  };
  await followCollection<ReturnType<typeof object>>(
    api,
    { path: "/api/v1/pods" },
    {
      all: (items) => heard.push(`all ${items.map((item) => item.metadata.name).join()}`),
      changed: (item) => heard.push(`changed ${item.metadata.name}`),
      deleted: (item) => heard.push(`deleted ${item.metadata.name}`),
      failed: (error) => heard.push(`failed: ${(error as Error).message}`),
    },
    memoryHost().clock,
    stop.signal,
  );
  expect(asked).toEqual(["list /api/v1/pods", "5", "9", "9", "list /api/v1/pods", "20"]);
  expect(heard).toEqual(["all a", "changed b", "failed: cut off", "all a", "deleted a"]);
});
