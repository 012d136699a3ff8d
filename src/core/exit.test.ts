import { expect, it } from "vitest";
import { combine, type Exit } from "./exit.ts";

it("Mixed results end with the first of 3, 7, 4, 5, 6, 8 and 9, and 130 and 1 override them", () => {
  const order: readonly Exit[] = [130, 1, 2, 3, 7, 4, 5, 6, 8, 9, 0];
  const first = order.map((_, at) => combine(order.slice(at).toReversed()));
  expect(first).toEqual(order);
});
