import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StoreCall } from "../core/probe.ts";
import { SecretValue } from "../core/secret-value.ts";

/** Where to connect, and with which login. */
export interface StoreTarget {
  readonly host: string;
  readonly port: number;
  readonly database?: string;
  /** Set if the `uri` of a Secret says so. */
  readonly tls?: true;
  readonly login?: { readonly username: string; readonly password: SecretValue };
}

/** A file of the Secret that is missing, and without which the call cannot be made. */
export class SecretFileMissing extends Error {}

const ports = { postgres: 5432, redis: 6379, neo4j: 7687 } as const;

/**
 * Fills in what a call leaves to its Secret. The Secret is a folder in `secrets`, with a file for each key, as a pod
 * mounts it: `username`, `password`, and optionally `host`, `port` and `dbname`, as the rotation of RDS names them, or
 * a `uri`, as drivers of Neo4j take it. Throws SecretFileMissing.
 */
export async function storeTarget(call: StoreCall, secrets: string): Promise<StoreTarget> {
  const { secret } = call;
  const file = async (key: string): Promise<string | undefined> => {
    if (secret === undefined) return undefined;
    return readFile(join(secrets, secret, key), "utf8").catch(() => undefined);
  };
  const needed = async (key: string): Promise<string> => {
    const text = await file(key);
    if (text === undefined) throw new SecretFileMissing(`the Secret ${secret} has no readable key ${key}`);
    return text;
  };
  const database = call.database ?? (await file("dbname"));
  const given = (await file("uri")) ?? "";
  const uri = call.kind === "neo4j" && URL.canParse(given) ? new URL(given) : undefined;
  const known = call.host ?? (await file("host")) ?? uri?.hostname;
  return {
    host: known ?? (await needed("host")),
    port: call.port ?? Number((await file("port")) ?? (uri?.port || ports[call.kind])),
    ...(call.host === undefined && uri?.protocol.includes("+s") === true ? { tls: true } : {}),
    ...(database === undefined ? {} : { database }),
    ...(secret === undefined
      ? {}
      : { login: { username: await needed("username"), password: new SecretValue(await needed("password")) } }),
  };
}
