import { hasTags } from "../../src/core/has-tags.ts";
import type { Tags } from "../../src/aws/tags.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";

/** A resource that was created, also in IAM. */
export interface Made {
  readonly kind: string;
  readonly id: string;
  readonly tags: Tags;
  readonly facts: Record<string, unknown>;
}

/** EC2's names for the kinds of `things`, in its errors. */
const kindNames: Readonly<Record<string, string>> = {
  vpc: "InvalidVpcID",
  igw: "InvalidInternetGatewayID",
  subnet: "InvalidSubnetID",
  eip: "InvalidAllocationID",
  nat: "InvalidNatGatewayID",
  rtb: "InvalidRouteTableID",
  vpce: "InvalidVpcEndpointId",
  sg: "InvalidGroup",
  eni: "InvalidNetworkInterfaceID",
  fl: "InvalidFlowLogId",
};

/** The default quotas of an account. */
const quotas: Readonly<Record<string, readonly [most: number, error: string]>> = {
  vpc: [5, "VpcLimitExceeded"],
  eip: [5, "AddressLimitExceeded"],
};

type Named = readonly [action: string, kind: string, id: string];
export type Admit = (thing: Made) => void;

/** The resources of an in-memory EC2, and how they are made, changed and deleted. */
export interface MemoryThings {
  make(kind: string, tags: Tags, facts?: Record<string, unknown>, admit?: () => void): Promise<string>;
  /** Changes facts of a resource, unless `admit` refuses. */
  set(named: Named, facts: Record<string, unknown>, admit?: Admit): Promise<void>;
  /** Deletes a resource, unless `admit` refuses. One that does not exist is no error, as the port says. */
  remove(kind: string, id: string, admit?: Admit): Promise<void>;
  /** Forgets a resource that AWS does not show any longer. */
  drop(kind: string, id: string): void;
  known(...named: Named): Made;
  ofKind(kind: string): readonly Made[];
  inVpc(vpcId: unknown, kind: string): readonly Made[];
  /** Returns those in a VPC, or with these tags. */
  where(kind: string, where: { readonly vpcId: string } | { readonly tags: Tags }): readonly Made[];
}

export function memoryThings(things: Made[], { change, begin }: AwsChanges): MemoryThings {
  let count = things.length;
  const known: MemoryThings["known"] = (action, kind, id) =>
    things.find((thing) => thing.kind === kind && thing.id === id) ??
    refuse(action, `${kindNames[kind]}.NotFound`, `The ID '${id}' does not exist`);
  return {
    known,
    make: (kind, tags, facts = {}, admit = () => undefined) =>
      change(() => {
        demandTags(`EC2 create ${kind}`, tags);
        const [most, error] = quotas[kind] ?? [Infinity, ""];
        const held = things.filter((thing) => thing.kind === kind).length;
        demand(held < most, `EC2 create ${kind}`, error, `The maximum number has been reached: ${most}`);
        admit();
        const id = `${kind}-${++count}`;
        things.push({ kind, id, tags, facts });
        begin(id);
        return id;
      }),
    set: ([action, kind, id], facts, admit = () => undefined) =>
      change(() => {
        const thing = known(action, kind, id);
        admit(thing);
        Object.assign(thing.facts, facts);
      }),
    remove: async (kind, id, admit = () => undefined) => {
      const thing = things.find((each) => each.kind === kind && each.id === id);
      if (thing === undefined) return;
      await change(() => {
        admit(thing);
        things.splice(things.indexOf(thing), 1);
      });
    },
    drop: (kind, id) => {
      const index = things.findIndex((each) => each.kind === kind && each.id === id);
      if (index >= 0) things.splice(index, 1);
    },
    ofKind: (kind) => things.filter((thing) => thing.kind === kind),
    inVpc: (vpcId, kind) => things.filter((thing) => thing.kind === kind && thing.facts["vpcId"] === vpcId),
    where: (kind, where) =>
      things.filter((thing) => {
        if (thing.kind !== kind) return false;
        if ("vpcId" in where) return thing.facts["vpcId"] === where.vpcId;
        return hasTags(thing.tags, where.tags);
      }),
  };
}
