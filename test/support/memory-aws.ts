import type { Ec2, Subnet } from "../../src/aws/ec2/port.ts";
import type { Addon, Eks, EksCluster, Nodegroup } from "../../src/aws/eks/port.ts";
import type { Iam, Role } from "../../src/aws/iam/port.ts";
import type { Aws } from "../../src/aws/port.ts";
import type { Tags } from "../../src/aws/tags.ts";

interface Made {
  readonly kind: string;
  readonly id: string;
  readonly tags: Tags;
  readonly facts: Record<string, unknown>;
}

/** How many reads show a new cluster, node group, add-on or NAT gateway as in progress before it is ready. */
const readsUntilReady = 2;

/** An in-memory AWS with what a region needs: what takes AWS time takes reads here, and every change is counted. */
export interface MemoryAws {
  readonly aws: Aws;
  readonly things: readonly Made[];
  /** The number of calls that have changed something. */
  readonly changes: () => number;
  /** Makes the n-th change from now, counted from 0, throw `reason`, before or after it is made. */
  strike(n: number, when: "before" | "after", reason: Error): void;
  /** Kills the process that makes the n-th change from now: none of its later calls does or returns anything. */
  kill(n: number, when: "before" | "after"): void;
  /** The AWS of the process that is killed; it works again after `restart`. */
  mortal<T extends object>(port: T): T;
  restart(): void;
  readonly clusters: Map<string, EksCluster>;
  readonly nodegroups: Map<string, Nodegroup>;
  readonly roles: Map<string, Role>;
}

export function memoryAws(target: Aws["target"]): MemoryAws {
  const things: Made[] = [];
  const clusters = new Map<string, EksCluster>();
  const nodegroups = new Map<string, Nodegroup>();
  const addons = new Map<string, Addon>();
  const entries = new Map<string, Set<string>>();
  const roles = new Map<string, Role>();
  let count = 0;
  let struck: { at: number; when: "before" | "after"; reason: Error; kills: boolean } | undefined;
  let dead: Error | undefined;
  const young = new Map<string, number>();

  const change = <T>(work: () => T): Promise<T> => {
    const mine = count++;
    const strike = struck?.at === mine ? struck : undefined;
    if (strike?.kills === true) dead = strike.reason;
    if (strike?.when === "before") return Promise.reject(strike.reason);
    const result = work();
    return strike === undefined ? Promise.resolve(result) : Promise.reject(strike.reason);
  };
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        return (...args: unknown[]): unknown =>
          dead === undefined ? (member as (...args: unknown[]) => unknown)(...args) : Promise.reject(dead);
      },
    });
  /** Returns whether the resource of this name has been read often enough to be ready. */
  const isReady = (name: string): boolean => {
    const left = young.get(name) ?? 0;
    young.set(name, left - 1);
    return left <= 0;
  };
  const make = (kind: string, tags: Tags, facts: Record<string, unknown> = {}): Promise<string> =>
    change(() => {
      const id = `${kind}-${things.length + 1}`;
      things.push({ kind, id, tags, facts });
      young.set(id, readsUntilReady);
      return id;
    });
  const found = (kind: string, tags: Tags): Made[] =>
    things.filter(
      (thing) => thing.kind === kind && Object.entries(tags).every(([key, value]) => thing.tags[key] === value),
    );
  const set = (id: string, facts: Record<string, unknown>): Promise<void> =>
    change(() => void Object.assign(things.find((thing) => thing.id === id)?.facts ?? {}, facts));
  const all = async <T>(kind: string, tags: Tags): Promise<readonly T[]> =>
    found(kind, tags).map(({ id, tags: own, facts }) => ({ id, tags: own, state: "available", ...facts }) as T);

  const ec2: Ec2 = {
    zones: async () => ["a", "b", "c", "d"].map((zone) => `${target.awsRegion}${zone}`),
    vpcs: (tags) => all("vpc", tags),
    createVpc: (cidr, tags) => make("vpc", tags, { cidr, dnsHostnames: false }),
    enableDnsHostnames: (id) => set(id, { dnsHostnames: true }),
    internetGateways: (tags) => all("igw", tags),
    createInternetGateway: (tags) => make("igw", tags),
    attachInternetGateway: (id, vpcId) => set(id, { vpcId }),
    subnets: (tags) => all<Subnet>("subnet", tags),
    createSubnet: (vpcId, cidr, zone, tags) => make("subnet", tags, { vpcId, cidr, zone, assignsPublicIps: false }),
    assignPublicIps: (id) => set(id, { assignsPublicIps: true }),
    addresses: async (tags) => found("eip", tags).map(({ id }) => ({ allocationId: id, publicIp: "192.0.2.1" })),
    allocateAddress: (tags) => make("eip", tags),
    natGateways: async (tags) =>
      found("nat", tags).map(({ id, tags: own, facts }) => ({
        id,
        tags: own,
        subnetId: String(facts["subnetId"]),
        state: isReady(id) ? "available" : "pending",
      })),
    createNatGateway: (subnetId, _allocation, tags) => make("nat", tags, { subnetId }),
    routeTables: (tags) => all("rtb", tags),
    createRouteTable: (_vpc, tags) => make("rtb", tags, { subnetIds: [] }),
    routeDefault: (id, defaultRoute) => set(id, { defaultRoute }),
    associateRouteTable: (id, subnetId) => {
      const table = things.find((thing) => thing.id === id);
      return set(id, { subnetIds: [...((table?.facts["subnetIds"] as string[] | undefined) ?? []), subnetId] });
    },
  };

  const eks: Eks = {
    defaultVersion: async () => "1.34",
    cluster: async (name) => {
      const cluster = clusters.get(name);
      if (cluster === undefined || isReady(cluster.arn)) return cluster;
      const { endpoint: _, certificateAuthority: __, ...creating } = cluster;
      return { ...creating, status: "CREATING" };
    },
    createCluster: (cluster) =>
      change(() => {
        const made: EksCluster = {
          ...cluster,
          arn: `arn:aws:eks:${target.awsRegion}:${target.accountId}:cluster/${cluster.name}`,
          status: "ACTIVE",
          endpoint: "https://api.example",
          certificateAuthority: "Y2E=",
          vpcId: "vpc-1",
          publicAccess: true,
          privateAccess: true,
          issues: [],
        };
        clusters.set(cluster.name, made);
        young.set(made.arn, readsUntilReady);
        return made;
      }),
    enableLogging: (name, logging) =>
      change(() => void clusters.set(name, { ...(clusters.get(name) as EksCluster), logging })),
    nodegroups: async () => [...nodegroups.values()],
    nodegroup: async (_cluster, name) => {
      const group = nodegroups.get(name);
      return group && (isReady(`nodegroup ${name}`) ? group : { ...group, status: "CREATING" });
    },
    createNodegroup: ({ name, instanceType, scaling, subnetIds }) =>
      change(() => {
        const made = { name, status: "ACTIVE", instanceTypes: [instanceType], scaling, subnetIds, issues: [] };
        nodegroups.set(name, made);
        young.set(`nodegroup ${name}`, readsUntilReady);
        return made;
      }),
    scaleNodegroup: (_cluster, name, scaling) =>
      change(() => void nodegroups.set(name, { ...(nodegroups.get(name) as Nodegroup), scaling })),
    addon: async (_cluster, name) => {
      const addon = addons.get(name);
      return addon && (isReady(`addon ${name}`) ? addon : { ...addon, status: "CREATING" });
    },
    createAddon: (_cluster, name) =>
      change(() => {
        const made = { name, status: "ACTIVE", issues: [] };
        addons.set(name, made);
        young.set(`addon ${name}`, readsUntilReady);
        return made;
      }),
    accessEntry: async (_cluster, principalArn) => {
      const policies = entries.get(principalArn);
      return policies === undefined ? undefined : { principalArn, clusterPolicies: [...policies] };
    },
    createAccessEntry: (_cluster, principalArn) => change(() => void entries.set(principalArn, new Set())),
    associatePolicy: (_cluster, principalArn, policy) => change(() => void entries.get(principalArn)?.add(policy)),
  };

  const iam: Iam = {
    role: async (name) => roles.get(name),
    createRole: (name, _service, tags) =>
      change(() => {
        const arn = `arn:aws:iam::${target.accountId}:role/${name}`;
        roles.set(name, { name, arn, policies: [], tags });
        things.push({ kind: "role", id: name, tags: {}, facts: {} });
        return arn;
      }),
    attachPolicy: (name, policy) =>
      change(() => {
        const role = roles.get(name) as Role;
        roles.set(name, { ...role, policies: [...role.policies, policy] });
      }),
  };

  const identity = async (): Promise<{ accountId: string; arn: string }> => ({
    accountId: target.accountId,
    arn: `arn:aws:sts::${target.accountId}:assumed-role/admin/ada`,
  });
  return {
    things,
    clusters,
    nodegroups,
    roles,
    changes: () => count,
    strike: (n, when, reason) => void (struck = { at: count + n, when, reason, kills: false }),
    kill: (n, when) => void (struck = { at: count + n, when, reason: new Error("killed"), kills: true }),
    mortal,
    restart: () => void (dead = undefined),
    aws: {
      target,
      identity,
      verifyAccount: identity,
      eksToken: async () => "k8s-aws-v1.token",
      service: async (name) => {
        if (name === "secrets") throw new Error("nothing here has secrets");
        return mortal({ ec2, eks, iam }[name as "eks"]) as never;
      },
      close: async () => undefined,
    },
  };
}
