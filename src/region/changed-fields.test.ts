import { describe, expect, it } from "vitest";
import { changedFields } from "./changed-fields.ts";

const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", labels: { a: "1" } } };

describe("changedFields", () => {
  it("names the paths that differ, also those that one side lacks", () => {
    const live = { ...object, spec: { ports: [1, 2] } };
    const desired = { ...object, metadata: { name: "shop", labels: { a: "2", b: "3" } }, spec: { ports: [1] } };
    expect(changedFields(live, desired)).toEqual(["metadata.labels.a", "metadata.labels.b", "spec.ports"]);
  });

  it("leaves out what the API server keeps for itself", () => {
    const metadata = { ...object.metadata, resourceVersion: "9", generation: 2, managedFields: [], uid: "u" };
    expect(changedFields(object, { ...object, metadata, status: { phase: "Active" } })).toEqual([]);
  });
});
