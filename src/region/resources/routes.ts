import type { RouteTable } from "../../aws/ec2/port.ts";
import type { Operation } from "../../core/operation.ts";
import {
  type AnyResource,
  creation,
  type Difference,
  ready,
  type ResourceContext,
  update,
  notVisible,
} from "../../core/resource.ts";
import { deletions, together } from "../differences.ts";
import { hasTags } from "../../core/has-tags.ts";
import { identityTags, resourceTags, restoreTags, taggedDifference } from "../ec2-tags.ts";
import { onlyInOwnVpc } from "../given.ts";
import { nameOf, type RegionWorld, sole } from "../world.ts";
import type { SubnetKind } from "./subnet-names.ts";
import { subnets } from "./subnets.ts";
import { inVpc, vpc } from "./vpc.ts";

type At = ResourceContext<RegionWorld>;

/** Where 0.0.0.0/0 should go. Its id is undefined as long as it does not exist. */
export interface DefaultRoute {
  readonly name: string;
  readonly id: string | undefined;
}

export interface RoutesFacts {
  readonly kind: SubnetKind;
  readonly needs: readonly AnyResource<RegionWorld>[];
  /** Returns the name of the table of each subnet. */
  tableOf(subnet: string): string;
  /** Returns where the subnets of a table reach the internet; undefined if they do not. */
  routeOf(table: string, at: At): DefaultRoute | undefined;
}

/** A table as it should be. */
interface Desired {
  readonly name: string;
  readonly members: readonly string[];
}

/** The route tables that other resources use. */
export interface RouteTables {
  readonly ids: readonly string[];
  /** Whether all of them exist. */
  readonly isComplete: boolean;
}

interface Actual {
  /** The names of the tables that should exist. */
  readonly names: readonly string[];
  /** The existing tables, by name. */
  readonly tables: ReadonlyMap<string, RouteTable>;
  /** The association of each subnet, by its id; with tables that are not ours. */
  readonly associations: ReadonlyMap<string, { readonly id: string; readonly tableId: string }>;
}

const everywhere = "0.0.0.0/0";

/** The route tables of the public or private subnets. Outputs their ids. */
export function routes(facts: RoutesFacts) {
  return onlyInOwnVpc<Actual, RouteTables>({
    id: `${facts.kind}-routes`,
    title: `Routes of the ${facts.kind} subnets`,
    needs: [vpc, subnets, ...facts.needs],
    async read(at) {
      const { world, signal } = at;
      const found = await (await world.aws.service("ec2")).routeTables(inVpc(at), signal);
      const associations = new Map(
        found.flatMap((table) => table.associations.map(({ id, subnetId }) => [subnetId, { id, tableId: table.id }])),
      );
      const all = desiredTables(facts, at);
      const tables = all.flatMap((desired): [string, RouteTable][] => {
        const own = found.filter(({ tags }) => hasTags(tags, identityTags(world, desired.name)));
        const table =
          sole(own, `route table ${desired.name}`, world) ?? found.find((each) => serves(each, desired, at));
        return table === undefined ? [] : [[desired.name, table]];
      });
      return { names: all.map(({ name }) => name), tables: new Map(tables), associations };
    },
    diff(actual, at) {
      return together(
        desiredTables(facts, at).map((desired) => [desired.name, differenceIn(desired, actual, facts, at)]),
      );
    },
    async apply(actual, at) {
      for (const desired of desiredTables(facts, at)) await applyTable(desired, actual, facts, at);
    },
    ready: ({ tables }) => (tables.size === 0 ? notVisible : ready),
    output({ names, tables }) {
      if (tables.size === 0) return undefined;
      return { ids: [...tables.values()].map(({ id }) => id), isComplete: names.every((name) => tables.has(name)) };
    },
    removal: {
      diff: ({ tables }, { world }) => deletions([...tables.keys()].map((name) => nameOf(world, name))),
      async apply({ tables }, { world, signal }) {
        const ec2 = await world.aws.service("ec2");
        for (const { id, associations } of tables.values()) {
          for (const association of associations) await ec2.removeAssociation(association.id, signal);
          await ec2.deleteRouteTable(id, signal);
        }
      },
      gone: ({ tables }) => (tables.size === 0 ? ready : { state: "waiting", detail: "still visible" }),
    },
  });
}

function desiredTables({ kind, tableOf }: RoutesFacts, at: At): readonly Desired[] {
  const { zones } = at.world.region.network;
  const count = typeof zones === "number" ? zones : zones.length;
  // Subnets that do not exist yet have tables, too.
  const planned = Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);
  const members = (at.output(subnets)?.names ?? planned).filter((name) => name.startsWith(`${kind}-`));
  const names = [...new Set(members.map(tableOf))];
  return names.map((name) => ({ name, members: members.filter((each) => tableOf(each) === name) }));
}

/** Whether a table that lost its tags is this one: one that has its subnets, and is not the VPC's own. */
function serves({ isMain, associations }: RouteTable, { members }: Desired, at: At): boolean {
  const ids = associations.map(({ subnetId }) => subnetId);
  return !isMain && idsOf(members, at).some(({ id }) => ids.includes(id));
}

function idsOf(members: readonly string[], at: At): readonly { readonly name: string; readonly id: string }[] {
  return (at.output(subnets)?.subnets ?? []).filter(({ name }) => members.includes(name));
}

function differenceIn({ name, members }: Desired, actual: Actual, facts: RoutesFacts, at: At): Difference {
  const target = nameOf(at.world, name);
  const route = facts.routeOf(name, at);
  const table = actual.tables.get(name);
  if (table === undefined) {
    return { operations: [creation(target, { ...(route && { [everywhere]: route.name }), subnets: members })] };
  }
  const tagChanges = taggedDifference(
    target,
    { fields: {}, tags: table.tags },
    { fields: {}, tags: resourceTags(at.world, name) },
  );
  const own = idsOf(members, at).filter(({ id }) => actual.associations.get(id)?.tableId === table.id);
  const loose = members.filter((member) => !own.some((each) => each.name === member));
  return {
    operations: [
      ...routeChanges(target, table, route),
      ...strayIn(table).map(({ range, connectionId }) => update(target, range, "nothing", connectionId)),
      ...loose.map((member) => update(target, "subnets", member)),
      ...tagChanges.operations,
    ],
  };
}

function routeChanges(
  target: string,
  { defaultRoute, isBlackhole }: RouteTable,
  route: DefaultRoute | undefined,
): readonly Operation[] {
  if (route === undefined) {
    // A route that a person made is none of ours; one to a NAT gateway is from when gennet.yaml wanted one.
    return defaultRoute?.startsWith("nat-") === true ? [update(target, everywhere, "nothing", defaultRoute)] : [];
  }
  if (defaultRoute === undefined) return [update(target, everywhere, route.name)];
  if (defaultRoute !== route.id) return [update(target, everywhere, route.name, defaultRoute)];
  return isBlackhole ? [update(target, everywhere, route.name, "nothing")] : [];
}

/** Returns the routes to VPCs whose peering has ended, such as that of a region that was destroyed. */
function strayIn({ peeringRoutes }: RouteTable): RouteTable["peeringRoutes"] {
  return peeringRoutes.filter(({ isBlackhole }) => isBlackhole);
}

async function applyTable({ name, members }: Desired, actual: Actual, facts: RoutesFacts, at: At): Promise<void> {
  const { world, signal } = at;
  const ec2 = await world.aws.service("ec2");
  const tags = resourceTags(world, name);
  const table = actual.tables.get(name);
  const id = table?.id ?? (await ec2.createRouteTable(at.required(vpc), tags, signal));
  const route = facts.routeOf(name, at);
  const isWrong = table === undefined || routeChanges(name, table, route).length > 0;
  if (route?.id !== undefined && isWrong) await ec2.setRoute(id, everywhere, route.id, signal);
  if (route === undefined && table !== undefined && isWrong) await ec2.removeRoute(id, everywhere, signal);
  for (const { range } of table === undefined ? [] : strayIn(table)) await ec2.removeRoute(id, range, signal);
  for (const subnet of idsOf(members, at)) {
    const association = actual.associations.get(subnet.id);
    if (association === undefined) await ec2.associateRouteTable(id, subnet.id, signal);
    else if (association.tableId !== id) await ec2.moveAssociation(association.id, id, signal);
  }
  if (table !== undefined) await restoreTags(ec2, table, tags, signal);
}
