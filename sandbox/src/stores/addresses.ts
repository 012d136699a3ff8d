import { loopback } from "../full/part.ts";
import type { SandboxFolder } from "../folders.ts";
import type { SandboxState } from "../state.ts";
import { storeFolder } from "./parts.ts";
import { type StoreName, storeNames } from "./store.ts";

/** The address of a region's data store. */
export interface StoreAddress {
  readonly awsRegion: string;
  readonly store: StoreName;
  /** `HOST:PORT`, without TLS, only for this machine. */
  readonly address: string;
  readonly administrator: string;
  /** The file with the administrator's password. */
  readonly passwordFile: string;
}

const administrators: Readonly<Record<StoreName, string>> = { postgres: "postgres", redis: "default", neo4j: "neo4j" };

export function storeAddresses({ regions }: SandboxState, folder: SandboxFolder): readonly StoreAddress[] {
  return regions.flatMap(({ awsRegion, stores = {} }) =>
    storeNames.flatMap((store) => {
      const port = stores[store];
      if (port === undefined) return [];
      return {
        awsRegion,
        store,
        address: loopback(port),
        administrator: administrators[store],
        passwordFile: `${storeFolder(folder, awsRegion, store)}/password`,
      };
    }),
  );
}
