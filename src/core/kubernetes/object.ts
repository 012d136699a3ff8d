/** A Kubernetes object as the API server takes and returns it. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly creationTimestamp?: string;
  readonly [field: string]: unknown;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/definitions/condition-v1-meta/ */
export interface Condition {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/** An object whose controller reports conditions. */
export interface Conditioned {
  readonly status?: { readonly conditions?: readonly Condition[] };
}

export interface OwnerReference {
  readonly kind: string;
  readonly name: string;
  readonly controller?: boolean;
}

/** Returns the condition of a type; undefined if its controller has not reported it. */
export function condition({ status }: Conditioned, type: string): Condition | undefined {
  return status?.conditions?.find((each) => each.type === type);
}

/** Returns whether a condition is True: neither False nor Unknown nor missing. */
export function hasCondition(object: Conditioned, type: string): boolean {
  return condition(object, type)?.status === "True";
}

/** Returns the owners of an object, including its controller. */
export function ownersOf({ metadata }: Pick<KubeObject, "metadata">): readonly OwnerReference[] {
  return (metadata["ownerReferences"] ?? []) as readonly OwnerReference[];
}

/** Returns the object that controls this one, if any. */
export function controllerOf(object: Pick<KubeObject, "metadata">): OwnerReference | undefined {
  return ownersOf(object).find(({ controller }) => controller === true);
}

/** Returns whether an object is being deleted, and only waits for its finalizers or for its containers to stop. */
export function isBeingDeleted({ metadata }: Pick<KubeObject, "metadata">): boolean {
  return metadata["deletionTimestamp"] !== undefined;
}

/** Returns whether the status reflects the current spec: until then, its controller has not observed the change. */
export function isObserved({
  metadata,
  status,
}: Pick<KubeObject, "metadata"> & { readonly status?: { readonly observedGeneration?: number } }): boolean {
  return Number(metadata["generation"] ?? 0) <= (status?.observedGeneration ?? 0);
}
