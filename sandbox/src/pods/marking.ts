import type { KubeObject } from "../../../src/core/kubernetes/object.ts";
import { type Image, repositoryOf } from "./image.ts";

/**
 * Real pods have this label. It is a label, not an annotation, so that clients can select by it instead of reading
 * thousands of simulated pods. kwok's stages ignore pods that have it.
 */
export const realLabel = "sandbox.gennet.dev/real";

const policyName = "sandbox-real-pods";

/** Returns the policy that makes an API server label new pods of registered images, however they are created. */
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

/** What a gateway's pod has in the place of its image until Istio's injector has seen it. */
const notInjected = "auto";

/** Returns a CEL expression that is true for pods with a container of a registered image. */
function usesOneOf(images: readonly Image[]): string {
  const list = (names: readonly string[]): string => `[${names.map((name) => JSON.stringify(name)).join(", ")}]`;
  const marking = images.filter(({ injected }) => injected !== true);
  const auto = marking.length < images.length ? [notInjected] : [];
  const whole = marking.filter(({ name, soleTag }) => soleTag === true || repositoryOf(name) === name);
  const prefixes = new Set(whole.flatMap(({ name }) => [`${repositoryOf(name)}:`, `${repositoryOf(name)}@`]));
  const exact = list([...marking.filter(({ soleTag }) => soleTag !== true).map(({ name }) => name), ...auto]);
  const one = `c.image in ${exact} || ${list([...prefixes])}.exists(p, c.image.startsWith(p))`;
  return [
    `object.spec.containers.exists(c, ${one})`,
    `(has(object.spec.initContainers) && object.spec.initContainers.exists(c, ${one}))`,
  ].join(" || ");
}
