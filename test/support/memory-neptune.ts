import type {
  Neptune,
  NeptuneCluster,
  NeptuneInstance,
  NeptuneMember,
  NeptuneParameterGroup,
} from "../../src/aws/neptune/port.ts";
import { hasTags } from "../../src/core/has-tags.ts";
import type { Tags } from "../../src/aws/tags.ts";
import type { AwsTarget } from "../../src/aws/target.ts";
import type { AwsChanges } from "./aws-changes.ts";
import { demand, demandTags, refuse } from "./aws-rules.ts";
import type { Made } from "./memory-ec2.ts";
import type { MemoryDatabases } from "./memory-rds.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type MemoryGraph = Mutable<Omit<NeptuneCluster, "members">> & { next: Partial<NeptuneCluster> };
type MemoryNode = Mutable<NeptuneInstance> & Mutable<Omit<NeptuneMember, "id">>;

/** The resources of Neptune in a region, by name. */
export interface MemoryGraphs {
  readonly graphs: Map<string, MemoryGraph>;
  readonly graphNodes: Map<string, MemoryNode>;
  readonly graphParameterGroups: Map<string, NeptuneParameterGroup>;
  /** Snapshots by their ids: of which cluster, and with which key. */
  readonly graphSnapshots: Map<string, { readonly of: string; readonly key: string | undefined }>;
}

export function memoryGraphs(): MemoryGraphs {
  return { graphs: new Map(), graphNodes: new Map(), graphParameterGroups: new Map(), graphSnapshots: new Map() };
}

const versions = ["1.3.5.0", "1.4.6.3", "1.4.7.0"];
const familyOf = (version: string): string => `neptune${version.split(".").slice(0, 2).join(".")}`;
const busy: ReadonlySet<string> = new Set(["creating", "modifying", "upgrading", "rebooting", "deleting"]);

/** In-memory Neptune, as its API reference describes it: https://docs.aws.amazon.com/neptune/latest/apiref */
export function memoryNeptune(
  { awsRegion, accountId }: AwsTarget,
  { graphs, graphNodes, graphParameterGroups, graphSnapshots }: MemoryGraphs,
  { subnetGroups }: Pick<MemoryDatabases, "subnetGroups">,
  things: Made[],
  { change, begin, isReady }: AwsChanges,
): Neptune {
  const key = (id: string): string => `neptune ${awsRegion}/${id}`;
  const isOwn = (action: string, code: string, found: { readonly tags: Tags } | undefined, tags: Tags): boolean => {
    if (found === undefined) return false;
    demand(hasTags(found.tags, tags), action, code, "the name is taken");
    return true;
  };
  const demandId = (action: string, id: string, tags: Tags): void => {
    const fits = /^[a-z]([a-z0-9]|-(?!-))*$/.test(id) && !id.endsWith("-") && id.length <= 63;
    demand(fits, action, "InvalidParameterValue", `The parameter ${id} is not a valid identifier.`);
    demandTags(action, tags);
  };
  const available = (action: string, id: string): MemoryGraph => {
    const graph = graphs.get(id) ?? refuse(action, "DBClusterNotFoundFault", `DBCluster ${id} not found.`);
    const why = `DB Cluster ${id} is not currently in the available state.`;
    demand(graph.status === "available", action, "InvalidDBClusterStateFault", why);
    return graph;
  };
  const availableNode = (action: string, id: string): MemoryNode => {
    const node = graphNodes.get(id) ?? refuse(action, "DBInstanceNotFound", `DBInstance ${id} not found.`);
    const why = `Database instance ${id} is not in available state.`;
    demand(node.status === "available", action, "InvalidDBInstanceState", why);
    return node;
  };
  const demandGroup = (action: string, name: string, version: string): void => {
    const group = graphParameterGroups.get(name);
    if (group === undefined) return refuse(action, "DBClusterParameterGroupNotFound", `${name} not found.`);
    const fits = group.family === familyOf(version);
    demand(fits, action, "InvalidParameterCombination", `The parameter group cannot be used for ${version}`);
  };
  const nodesOf = (id: string): readonly MemoryNode[] =>
    [...graphNodes.values()].filter((node) => node.clusterId === id);
  const named = (node: MemoryNode, status: string): void => {
    node.status = status;
    begin(key(node.id));
  };
  const gone = (id: string): void => {
    const at = things.findIndex((thing) => thing.id === id);
    if (at >= 0) things.splice(at, 1);
  };
  /** Lets what takes time take reads. Returns the cluster, unless it is gone. */
  const looked = (graph: MemoryGraph): MemoryGraph | undefined => {
    if (!busy.has(graph.status) || !isReady(key(graph.id))) return graph;
    if (graph.status === "deleting") {
      graphs.delete(graph.id);
      gone(graph.id);
      return undefined;
    }
    return Object.assign(graph, graph.next, { next: {}, pending: [], pendingSettings: {}, status: "available" });
  };
  const lookedNode = (node: MemoryNode): readonly MemoryNode[] => {
    if (!busy.has(node.status) || !isReady(key(node.id))) return [node];
    if (node.status === "deleting") {
      graphNodes.delete(node.id);
      gone(node.id);
      const [next] = nodesOf(node.clusterId);
      if (node.isWriter && next !== undefined) next.isWriter = true;
      return [];
    }
    const { pendingClass: instanceClass, ...rest } = node;
    const settled = { ...rest, ...(instanceClass === undefined ? {} : { instanceClass }), status: "available" };
    graphNodes.set(node.id, settled);
    return [settled];
  };

  return {
    cluster: async (id) => {
      const found = graphs.get(id);
      const graph = found && looked(found);
      if (graph === undefined) return undefined;
      const { next: _, ...shown } = graph;
      const members = nodesOf(id).map(({ id: node, isWriter, parameterStatus }) => ({
        id: node,
        isWriter,
        parameterStatus,
      }));
      return { ...shown, members };
    },
    createCluster: (cluster) =>
      change(() => {
        const action = "Neptune CreateDBCluster";
        const { id, tags, version, keyArn, subnetGroup, parameterGroup, backupDays } = cluster;
        if (isOwn(action, "DBClusterAlreadyExistsFault", graphs.get(id), tags)) return;
        demandId(action, id, tags);
        demand(versions.includes(version), action, "InvalidParameterCombination", `Cannot find version ${version}`);
        const hasSubnets = subnetGroups.has(`${awsRegion}/${subnetGroup}`);
        demand(hasSubnets, action, "DBSubnetGroupNotFoundFault", `DBSubnetGroup ${subnetGroup} not found.`);
        demandGroup(action, parameterGroup, version);
        demand(keyArn.split(":")[3] === awsRegion, action, "KMSKeyNotAccessibleFault", "the key is in another region");
        demand(backupDays >= 1 && backupDays <= 35, action, "InvalidParameterValue", "Must be between 1 and 35.");
        const host = `${id}.cluster-x.${awsRegion}.neptune.example`;
        graphs.set(id, {
          ...cluster,
          arn: `arn:aws:rds:${awsRegion}:${accountId}:cluster:${id}`,
          resourceId: `cluster-${String(graphs.size + graphSnapshots.size + 1).padStart(12, "A")}`,
          status: "creating",
          engine: "neptune",
          encrypted: true,
          pending: [],
          pendingSettings: {},
          host,
          reader: host.replace("cluster-x", "cluster-ro-x"),
          port: 8182,
          next: {},
        });
        things.push({ kind: "db-cluster", id, tags, facts: {} });
        begin(key(id));
      }),
    modifyCluster: (id, { logs, version, requiresIam, ...atOnce }) =>
      change(() => {
        const action = "Neptune ModifyDBCluster";
        const graph = available(action, id);
        const fits = version === undefined || (versions.includes(version) && version >= graph.version);
        demand(fits, action, "InvalidParameterCombination", `Cannot upgrade neptune to ${version}`);
        const isMinor = version === undefined || familyOf(version) === familyOf(graph.version);
        demand(isMinor, action, "InvalidParameterCombination", "AllowMajorVersionUpgrade must be present");
        const { parameterGroup = graph.parameterGroup } = atOnce;
        demandGroup(action, parameterGroup, version ?? graph.version);
        if (parameterGroup !== graph.parameterGroup) {
          for (const node of nodesOf(id)) node.parameterStatus = "pending-reboot";
        }
        const exported = graph.logs.filter((each) => !logs?.removed.includes(each));
        const later = {
          ...(version === undefined ? {} : { version }),
          ...(requiresIam === undefined ? {} : { requiresIam }),
        };
        Object.assign(graph, atOnce, { logs: [...exported, ...(logs?.added ?? [])] });
        if (Object.keys(later).length === 0) return;
        Object.assign(graph, { pendingSettings: later, pending: Object.keys(later), next: later, status: "modifying" });
        begin(key(id));
      }),
    deleteCluster: (id, finalSnapshot) =>
      change(() => {
        const action = "Neptune DeleteDBCluster";
        const graph = graphs.get(id);
        // The adapter takes the refusal of a second call for the result of the first.
        if (graph === undefined || graph.status === "deleting") return;
        const code = "InvalidParameterCombination";
        demand(!graph.deletionProtection, action, code, "Cannot delete protected Cluster");
        const isEmpty = nodesOf(id).every(({ status }) => status === "deleting");
        demand(isEmpty, action, "InvalidDBClusterStateFault", "it still contains DB instances in non-deleting state.");
        if (finalSnapshot !== undefined) {
          const isNew = !graphSnapshots.has(finalSnapshot);
          demand(isNew, action, "DBClusterSnapshotAlreadyExistsFault", `${finalSnapshot} already exists`);
          graphSnapshots.set(finalSnapshot, { of: id, key: graph.keyArn });
        }
        // The adapter waits for a cluster that is busy.
        graph.status = "deleting";
        begin(key(id));
      }),
    snapshots: async (id) => [...graphSnapshots].flatMap(([snapshot, { of }]) => (of === id ? [snapshot] : [])),
    encryptedWith: async (keyArn) => ({
      clusters: [...graphs.values()].filter((graph) => graph.keyArn === keyArn),
      snapshots: [...graphSnapshots].flatMap(([id, { key: own }]) => (own === keyArn ? [id] : [])),
    }),
    instances: async (clusterId) =>
      nodesOf(clusterId)
        .flatMap(lookedNode)
        .map(({ isWriter: _writes, parameterStatus: _uses, ...shown }) => shown),
    createInstance: (instance) =>
      change(() => {
        const action = "Neptune CreateDBInstance";
        const { id, clusterId, tags } = instance;
        if (isOwn(action, "DBInstanceAlreadyExists", graphNodes.get(id), tags)) return;
        demandId(action, id, tags);
        const { securityGroupIds } = available(action, clusterId);
        const isWriter = nodesOf(clusterId).length === 0;
        graphNodes.set(id, { ...instance, status: "creating", isWriter, parameterStatus: "in-sync" });
        things.push({ kind: "db", id, tags, facts: { securityGroupIds } });
        begin(key(id));
      }),
    modifyInstance: (id, { instanceClass, ...atOnce }) =>
      change(() => {
        const node = availableNode("Neptune ModifyDBInstance", id);
        Object.assign(node, atOnce);
        if (instanceClass === undefined || instanceClass === node.instanceClass) return;
        node.pendingClass = instanceClass;
        named(node, "modifying");
      }),
    rebootInstance: (id) =>
      change(() => {
        const node = availableNode("Neptune RebootDBInstance", id);
        node.parameterStatus = "in-sync";
        named(node, "rebooting");
      }),
    deleteInstance: (id) =>
      change(() => {
        const node = graphNodes.get(id);
        if (node !== undefined && node.status !== "deleting") named(node, "deleting");
      }),
    parameterGroup: async (name) => graphParameterGroups.get(name),
    createParameterGroup: ({ name, family, tags }) =>
      change(() => {
        const action = "Neptune CreateDBClusterParameterGroup";
        if (isOwn(action, "DBParameterGroupAlreadyExists", graphParameterGroups.get(name), tags)) return;
        demandTags(action, tags);
        const exists = versions.some((version) => family === familyOf(version));
        demand(exists, action, "InvalidParameterValue", `ParameterGroupFamily ${family} is not a valid family`);
        graphParameterGroups.set(name, { name, family, parameters: {}, tags });
      }),
    setParameters: (name, parameters) =>
      change(() => {
        const action = "Neptune ModifyDBClusterParameterGroup";
        const group =
          graphParameterGroups.get(name) ?? refuse(action, "DBParameterGroupNotFound", `${name} not found.`);
        const isSame = Object.entries(parameters).every(([each, value]) => group.parameters[each] === value);
        graphParameterGroups.set(name, { ...group, parameters: { ...group.parameters, ...parameters } });
        if (isSame) return;
        const users = [...graphs.values()].filter(({ parameterGroup }) => parameterGroup === name);
        for (const node of users.flatMap(({ id }) => nodesOf(id))) node.parameterStatus = "pending-reboot";
      }),
    deleteParameterGroup: (name) =>
      change(() => {
        const used = [...graphs.values()].some(({ parameterGroup }) => parameterGroup === name);
        const why = "One or more database clusters are still members of this parameter group";
        demand(!used, "Neptune DeleteDBClusterParameterGroup", "InvalidDBParameterGroupState", why);
        graphParameterGroups.delete(name);
      }),
  };
}
