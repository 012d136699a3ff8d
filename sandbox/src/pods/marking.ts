import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { type Image, repositoryOf } from "./image.ts";

/**
 * Real pods carry this label. A label and not an annotation: it can be selected by, so that no client has to read the
 * thousands that are simulated. kwok's stages leave pods alone that have it.
 */
export const realLabel = "sandbox.gennet.dev/real";

const policyName = "sandbox-real-pods";

/** What makes an API server mark new pods of registered images, however they come. */
export function markingObjects(images: readonly Image[]): readonly KubeObject[] {
  return [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicy",
      metadata: { name: policyName },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
        },
        matchConditions: [{ name: "registered-image", expression: usesOneOf(images) }],
        failurePolicy: "Fail",
        reinvocationPolicy: "IfNeeded",
        mutations: [
          {
            patchType: "ApplyConfiguration",
            applyConfiguration: {
              expression: `Object{metadata: Object.metadata{labels: {"${realLabel}": "true"}}}`,
            },
          },
        ],
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "MutatingAdmissionPolicyBinding",
      metadata: { name: policyName },
      spec: { policyName },
    },
  ];
}

/** A CEL expression that is true of pods with a container of a registered image. */
function usesOneOf(images: readonly Image[]): string {
  const list = (names: readonly string[]): string => `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
  const exact = list(images.map((image) => image.name));
  const prefixes = images
    .filter((image) => repositoryOf(image.name) === image.name)
    .flatMap(({ name }) => [`${name}:`, `${name}@`]);
  const one = `c.image in ${exact} || ${list(prefixes)}.exists(p, c.image.startsWith(p))`;
  return [
    `object.spec.containers.exists(c, ${one})`,
    `(has(object.spec.initContainers) && object.spec.initContainers.exists(c, ${one}))`,
  ].join(" || ");
}
