import { describe, expect, it } from "vitest";
import { createLimiter, type Limiter } from "./bounded.ts";
import { type DependencyNode, inOrder, walk } from "./graph.ts";

const node = (id: string, ...needs: DependencyNode[]): DependencyNode => ({ id, needs });

describe("inOrder", () => {
  it("inOrder puts every node after its needs", () => {
    const a = node("a");
    const b = node("b", a);
    const c = node("c", b, a);
    expect(inOrder([c, b, a]).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("inOrder otherwise keeps the given order", () => {
    expect(inOrder([node("z"), node("a"), node("m")]).map(({ id }) => id)).toEqual(["z", "a", "m"]);
  });

  it("inOrder names a cycle", () => {
    const needs: DependencyNode[] = [];
    const a: DependencyNode = { id: "a", needs };
    const b = node("b", a);
    needs.push(b);
    expect(() => inOrder([a, b])).toThrow("a cycle: a → b → a");
  });

  it("inOrder names a missing need, and rejects duplicate ids", () => {
    expect(() => inOrder([node("b", node("a"))])).toThrow("b needs a, which does not exist");
    expect(() => inOrder([node("a"), node("a")])).toThrow("the same id");
  });
});

/** One limiter for all nodes. */
function within(limit: number): () => Limiter {
  const limiter = createLimiter(limit);
  return () => limiter;
}

describe("walk", () => {
  it("walk visits at most as many nodes at a time as there are slots, and as many as it can", async () => {
    const most = async (limit: number): Promise<number> => {
      let under = 0;
      let highest = 0;
      await walk(
        ["a", "b", "c", "d", "e"].map((id) => node(id)),
        within(limit),
        async () => {
          highest = Math.max(highest, ++under);
          await new Promise((resolve) => setImmediate(resolve));
          under--;
          return true;
        },
      );
      return highest;
    };
    expect(await most(2)).toBe(2);
    expect(await most(9)).toBe(5);
  });

  it("walk starts a node when its needs have ended, and passes those that failed", async () => {
    const a = node("a");
    const b = node("b");
    const seen: string[] = [];
    await walk([node("c", a, b), a, b], within(4), async ({ id }, failed) => {
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(`${id}<${failed.join("")}`);
      return id !== "b";
    });
    expect(seen).toEqual(["a<", "b<", "c<b"]);
  });

  it("walk throws the error of a visit after the others have ended", async () => {
    const seen: string[] = [];
    const walked = walk([node("a"), node("b")], within(4), async ({ id }) => {
      if (id === "a") throw new Error("boom");
      await new Promise((resolve) => setImmediate(resolve));
      seen.push(id);
      return true;
    });
    await expect(walked).rejects.toThrow("boom");
    expect(seen).toEqual(["b"]);
  });
});
