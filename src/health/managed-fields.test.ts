import { describe, expect, it } from "vitest";
import { managedFields, sayField, valueAt } from "./managed-fields.ts";

const object = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: {
    name: "orders",
    managedFields: [
      {
        manager: "a",
        time: "2026-01-02T03:04:05Z",
        fieldsV1: {
          "f:metadata": {
            "f:finalizers": { ".": {}, 'v:"acme.example/hold"': {} },
            "f:labels": { "f:app.kubernetes.io/name": {} },
          },
          "f:spec": {
            "f:containers": {
              'k:{"name":"app"}': {
                ".": {},
                "f:ports": { 'k:{"containerPort":80,"protocol":"TCP"}': { "f:name": {} } },
              },
            },
          },
        },
      },
      { manager: "b", subresource: "status", fieldsV1: { "f:status": { "f:phase": {} } } },
    ],
  },
  spec: {
    containers: [{ name: "side" }, { name: "app", ports: [{ containerPort: 80, protocol: "TCP", name: "web" }] }],
  },
};

describe("managed fields", () => {
  it("Managed fields are the innermost fields of each manager, with sets as a whole and without the status", () => {
    const [a, ...others] = managedFields(object);
    expect(others).toEqual([]);
    expect(a).toMatchObject({ manager: "a", time: Date.parse("2026-01-02T03:04:05Z") });
    expect(a?.paths.map(sayField)).toEqual([
      "metadata.finalizers",
      'metadata.labels."app.kubernetes.io/name"',
      "spec.containers[name=app].ports[containerPort=80,protocol=TCP].name",
    ]);
    expect(valueAt(object, a?.paths[2] ?? [])).toBe("web");
    expect(valueAt({ spec: { containers: null } }, a?.paths[2] ?? [])).toBeUndefined();
  });

  it("An object without managed fields has none", () => {
    expect(managedFields({ apiVersion: "v1", kind: "Pod", metadata: { name: "orders" } })).toEqual([]);
  });
});
