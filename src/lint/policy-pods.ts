import type { PodPorts, ServiceFacts } from "../istio/policy-ports.ts";
import { field, type PlainFields, fields, list, text } from "./fields.ts";
import { isKind, type Manifest, mayBeIn } from "./manifest.ts";
import type { Tree } from "./tree.ts";
import type { Unit } from "./unit.ts";
import { podTemplateOf } from "./workloads.ts";

/** What a policy's selector may match: the pods of an object, or a machine outside the cluster. */
export interface Selectable extends PodPorts {
  readonly manifest: Manifest;
}

/** Returns everything beside a unit that has labels which policies in a namespace, or in all namespaces, may match. */
export function selectablesIn(namespace: string | undefined, unit: Unit, tree: Tree): readonly Selectable[] {
  return tree
    .beside(unit)
    .filter((each) => mayBeIn(each, namespace))
    .flatMap((manifest): Selectable[] => {
      const template = podTemplateOf(manifest);
      if (template !== undefined) {
        return [{ manifest, labels: fields(template, "metadata", "labels"), ports: portsOf(template) }];
      }
      if (isKind(manifest, "networking.istio.io", "WorkloadEntry")) {
        return [{ manifest, labels: fields(manifest.value, "spec", "labels"), ports: [] }];
      }
      if (isKind(manifest, "networking.istio.io", "WorkloadGroup")) {
        return [{ manifest, labels: fields(manifest.value, "spec", "metadata", "labels"), ports: [] }];
      }
      return [];
    });
}

function portsOf(template: unknown): PodPorts["ports"] {
  return ["containers", "initContainers"].flatMap((key) =>
    list(template, "spec", key).flatMap((container) =>
      list(container, "ports").flatMap((port) => {
        const number = field(port, "containerPort");
        return typeof number === "number" ? [{ number, name: text(port, "name") }] : [];
      }),
    ),
  );
}

/** Returns the Services beside a unit that select pods in a namespace. */
export function servicesIn(namespace: string | undefined, unit: Unit, tree: Tree): readonly ServiceFacts[] {
  return tree
    .beside(unit)
    .filter((each) => isKind(each, "", "Service") && mayBeIn(each, namespace))
    .map(({ name, value }) => ({
      name,
      selector: fields(value, "spec", "selector"),
      headless: text(value, "spec", "clusterIP") === "None",
      ports: list(value, "spec", "ports").flatMap((each) => {
        const port = field(each, "port");
        const target = field(each, "targetPort");
        if (typeof port !== "number") return [];
        return [{ port, targetPort: typeof target === "number" || typeof target === "string" ? target : undefined }];
      }),
    }));
}

/** Pods as seen by Services: with the labels in the selector, and ports known by number only. */
export function servicesAsPods(namespace: string | undefined, unit: Unit, tree: Tree): readonly Selectable[] {
  return tree
    .beside(unit)
    .filter((each) => isKind(each, "", "Service") && mayBeIn(each, namespace))
    .map((manifest) => ({ manifest, labels: fields(manifest.value, "spec", "selector"), ports: [] }));
}

/** Returns the labels that a policy selects by; none if it applies to all pods. */
export function policySelector({ value }: Manifest): PlainFields {
  return fields(value, "spec", "selector", "matchLabels");
}

/** Returns the labels with a wildcard in a selector. Istio rejects policies with such a label. */
export function wildcardsOf(policy: Manifest): readonly string[] {
  return Object.entries(policySelector(policy)).flatMap(([key, value]) =>
    `${key}${String(value)}`.includes("*") ? [key] : [],
  );
}

export function hasLabels(labels: PlainFields, wanted: PlainFields): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
