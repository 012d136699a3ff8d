import type { SandboxFolder } from "../folders.ts";
import { componentAt, loopback, type Part } from "../full/part.ts";
import type { Component, ServerProbe } from "../processes/component.ts";
import type { SandboxState } from "../state.ts";
import { type StoreName, storeNames } from "./store.ts";

/** The program that runs a store; a name if it is on the PATH. */
export type StoreProgram = "postgres" | "valkey-server" | "java";

export interface StorePart extends Part<StoreProgram> {
  readonly store: StoreName;
  /** The folder of all its files. */
  readonly folder: string;
}

/** Returns the stores of every region, as parts of it; none if the sandbox was started without `--with`. */
export function storeParts(state: SandboxState, folder: SandboxFolder): readonly StorePart[] {
  return state.regions.flatMap(({ awsRegion, stores = {} }) =>
    storeNames.flatMap((store) => {
      const port = stores[store];
      return port === undefined ? [] : [storePart(store, awsRegion, port, folder)];
    }),
  );
}

export function storeComponents(state: SandboxState, folder: SandboxFolder): readonly Component[] {
  return storeParts(state, folder).map(({ component }) => component);
}

/** Argo CD's Redis has the unprefixed name. */
export function storeFolder(folder: SandboxFolder, awsRegion: string, store: StoreName): string {
  return folder.region(awsRegion, `store-${store}`);
}

function storePart(store: StoreName, awsRegion: string, port: number, folder: SandboxFolder): StorePart {
  const own = storeFolder(folder, awsRegion, store);
  const url = `tcp://${loopback(port)}`;
  const component = componentAt({ awsRegion }, `store-${store}`, port, url);
  // It accepts no login before it has created its user, at its first start.
  const logged = store === "neo4j" ? { logged: { file: folder.log(component.id), text: "Neo4j is ready." } } : {};
  const probe = { url, ...greetings[store], ...logged };
  return { store, folder: own, component: { ...component, probe }, ...programs[store](own, String(port)) };
}

/** How each responds before a login: its port is open before it is ready. */
const greetings: Readonly<Record<StoreName, Pick<ServerProbe, "says" | "expects">>> = {
  // A start-up message of protocol 3.0. The response is a request for a login, or an error while it still recovers.
  postgres: { says: "\0\0\0\x17\0\x03\0\0user\0postgres\0\0", expects: /^R/ },
  redis: { says: "PING\r\n", expects: /^-NOAUTH/ },
  // The handshake of Bolt, for 5.0 to 5.4; the response is a version.
  neo4j: { says: `\x60\x60\xb0\x17\0\x04\x04\x05${"\0".repeat(12)}`, expects: /[^\0]/ },
};

// The data is disposable: it survives a crash of the server, but maybe not of the machine.
const fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB"];

const programs: Readonly<Record<StoreName, (own: string, port: string) => Pick<StorePart, "program" | "args">>> = {
  postgres: (own, port) => {
    const where = ["-D", `${own}/data`, "-h", "127.0.0.1", "-p", port, "-k", ""];
    return { program: "postgres", args: [...where, ...fast.flatMap((setting) => ["-c", setting])] };
  },
  redis: (own, port) => {
    const where = ["--bind", "127.0.0.1", "--port", port, "--dir", own];
    const how = ["--aclfile", `${own}/users.acl`, "--appendonly", "yes", "--save", ""];
    return { program: "valkey-server", args: [...where, ...how] };
  },
  neo4j: (own, port) => ({
    program: "java",
    // Uses little memory, and prefers a quick start to fast code.
    args: ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "Neo4jServer", `${own}/data`, port],
  }),
};
