import { describe, expect, it } from "vitest";
import { changedFields } from "./changed-fields.ts";

const object = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop", labels: { a: "1" } } };

describe("changedFields", () => {
  it("Changed fields include those that exist on one side only", () => {
    const live = { ...object, spec: { ports: [1, 2] } };
    const desired = { ...object, metadata: { name: "shop", labels: { a: "2", b: "3" } }, spec: { ports: [1] } };
    expect(changedFields(live, desired)).toEqual(["metadata.labels.a", "metadata.labels.b", "spec.ports"]);
  });

  it("Fields that the API server maintains are not changed fields", () => {
    const metadata = { ...object.metadata, resourceVersion: "9", generation: 2, managedFields: [], uid: "u" };
    expect(changedFields(object, { ...object, metadata, status: { phase: "Active" } })).toEqual([]);
  });
});
