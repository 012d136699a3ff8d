import { randomBytes } from "node:crypto";
import type { StoreClient } from "./store-client.ts";

/** Who creates the account of a service in a store, and completes one that exists in part. */
export interface Administrator {
  readonly port: number;
  readonly password: string;
}

/** The login of a database's owner, who needs not be a superuser. */
export interface PostgresOwner extends Administrator {
  readonly host: string;
  readonly user: string;
  readonly database: string;
  /** The authority of its certificate (PEM); without one, the connection has no TLS. */
  readonly ca?: string;
}

export interface Account {
  /** The service's name, with which its keys begin. */
  readonly service: string;
  /** The name of its database, and of the role that owns it. */
  readonly owner: string;
  readonly username: string;
  readonly password: string;
}

/** Returns the account that a service gets, with a random password. */
export function newAccount({ name: service, owner }: Pick<StoreClient, "name" | "owner">): Account {
  return { service, owner, username: `${owner}_a`, password: randomBytes(24).toString("base64url") };
}

export type MakeAccount = (administrator: Administrator, account: Account) => Promise<void>;

export const postgresAccount: MakeAccount = async (administrator, account) =>
  postgresAccountBy({ host: "127.0.0.1", user: "postgres", database: "postgres", ...administrator }, account);

/** Creates a service's database, the role that owns it, and a login. */
export async function postgresAccountBy(
  { ca, ...target }: PostgresOwner,
  { owner, username, password }: Account,
): Promise<void> {
  const { Client, escapeIdentifier, escapeLiteral } = (await import("pg")).default;
  const client = new Client({ ...target, ...(ca === undefined ? {} : { ssl: { ca } }) });
  await client.connect();
  try {
    const isThere = async (table: string, name: string): Promise<boolean> =>
      (await client.query(`SELECT 1 FROM ${table}`, [name])).rowCount === 1;
    // A failing statement would be written to the log, including the password. Databases behind the AWS endpoint have
    // this setting, and no superuser.
    if (await isThere("pg_roles WHERE rolsuper AND rolname = $1", target.user)) {
      await client.query("SET log_min_error_statement = panic");
    }
    const [role, login, secret] = [escapeIdentifier(owner), escapeIdentifier(username), escapeLiteral(password)];
    if (!(await isThere("pg_roles WHERE rolname = $1", owner))) await client.query(`CREATE ROLE ${role} NOLOGIN`);
    const there = await isThere("pg_roles WHERE rolname = $1", username);
    await client.query(`${there ? "ALTER" : "CREATE"} ROLE ${login} LOGIN PASSWORD ${secret}`);
    await client.query(`GRANT ${role} TO ${login}`);
    if (await isThere("pg_database WHERE datname = $1", owner)) return;
    // Only a member of a role, or a superuser, gives it a database.
    await client.query(`GRANT ${role} TO CURRENT_USER`);
    await client.query(`CREATE DATABASE ${role} OWNER ${role}`);
    await client.query(`REVOKE ALL ON DATABASE ${role} FROM PUBLIC`);
  } finally {
    await client.end();
  }
}

export const redisAccount: MakeAccount = async (administrator, { service, username, password }) => {
  const { Redis } = (await import("ioredis")).default;
  const client = new Redis({ host: "127.0.0.1", ...administrator, lazyConnect: true, retryStrategy: () => null });
  try {
    await client.connect();
    const rights = [`~${service}:*`, `&${service}:*`, "+@all", "-@admin"];
    await client.call("ACL", "SETUSER", username, "reset", "on", `>${password}`, ...rights);
    await client.call("ACL", "SAVE");
  } finally {
    client.disconnect();
  }
};

/** The Community edition has neither roles nor further databases: every login sees everything. */
export const neo4jAccount: MakeAccount = async ({ port, password: own }, { username, password }) => {
  const { default: neo4j } = await import("neo4j-driver");
  const driver = neo4j.driver(`bolt://127.0.0.1:${port}`, neo4j.auth.basic("neo4j", own));
  try {
    await driver.executeQuery(
      "CREATE OR REPLACE USER $username SET PASSWORD $password CHANGE NOT REQUIRED",
      { username, password },
      { database: "system" },
    );
  } finally {
    await driver.close();
  }
};
