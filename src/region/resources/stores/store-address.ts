import { differenceOf, type Fields } from "../../../core/compare-fields.ts";
import { asDesired, creation, type Provider, ready, type ResourceContext } from "../../../core/resource.ts";
import type { RegionResource, RegionWorld } from "../../world.ts";
import { changeSecretJson, readSecretJson } from "./secret-json.ts";

export interface FoundAddress {
  /** What the secret has under the keys of the address; undefined while there is no secret. */
  readonly written: Fields | undefined;
  /** Undefined while the store has no address, or if another region writes it. */
  readonly address: Fields | undefined;
}

interface AddressFacts {
  readonly id: string;
  readonly title: string;
  /** What of the secret it is, in a plan; by default, the address. */
  readonly part?: string;
  readonly needs: RegionResource<unknown, unknown>["needs"];
  readonly secret: Provider<string>;
  readonly secretName: (world: RegionWorld) => string;
  /** Where the secret can be changed: its replicas cannot. By default, in the region itself. */
  readonly secretWorld?: (at: ResourceContext<RegionWorld>) => RegionWorld;
  readonly wanted: (world: RegionWorld) => boolean;
  /** Whether this region's store is the one in the secret. */
  readonly isWriter: (at: ResourceContext<RegionWorld>) => boolean;
  readonly address: (at: ResourceContext<RegionWorld>) => Fields | undefined;
}

/** The address of a data store in the JSON of its secret, written once AWS has assigned it. Outputs the address. */
export function storeAddress(facts: AddressFacts): RegionResource<FoundAddress, Fields> {
  const secretWorld = (at: ResourceContext<RegionWorld>): RegionWorld => facts.secretWorld?.(at) ?? at.world;
  return {
    id: facts.id,
    title: facts.title,
    needs: facts.needs,
    wanted: facts.wanted,
    async read(at) {
      const name = at.output(facts.secret);
      const address = facts.isWriter(at) ? facts.address(at) : undefined;
      if (name === undefined || address === undefined) return { written: undefined, address };
      const json = await readSecretJson(secretWorld(at), name, at.signal);
      const kept = Object.entries(json).filter(([key]) => key in address);
      return { written: Object.fromEntries(kept) as Fields, address };
    },
    diff({ written, address }, at) {
      const target = `${facts.part ?? "address"} in ${facts.secretName(at.world)}`;
      if (!facts.isWriter(at)) return asDesired;
      // AWS assigns the address, so that a plan cannot know it.
      if (address === undefined || written === undefined) return { operations: [creation(target)] };
      return differenceOf(target, written, address);
    },
    async apply({ address }, at) {
      if (address === undefined) return;
      await changeSecretJson(secretWorld(at), at.required(facts.secret), address, at.signal);
    },
    ready: () => ready,
    output: ({ address }) => address ?? {},
  };
}
