import { expect, it } from "vitest";
import type { Operation } from "./operation.ts";
import { detailsOf } from "./operation-text.ts";

const create: Operation = { verb: "create", target: "policy Worker" };
const remove: Operation = { verb: "delete", target: "policy Administrator" };

it("The details say what is added and what is removed where both happen", () => {
  const update: Operation = { verb: "update", target: "role node", field: "trust", before: "a", after: "b" };
  expect(detailsOf({ operations: [update, create, remove] })).toEqual([
    "role node: trust: a → b",
    "add policy Worker",
    "remove policy Administrator",
  ]);
});

it("The details of changes of one kind are their targets", () => {
  expect(detailsOf({ operations: [remove, { ...remove, target: "policy Other" }] })).toEqual([
    "policy Administrator",
    "policy Other",
  ]);
});
