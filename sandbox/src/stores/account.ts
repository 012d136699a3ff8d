/** The account of a service in a store. The administrator creates it, and completes one that exists in part. */
export interface Administrator {
  readonly port: number;
  readonly password: string;
}

export interface Account {
  /** The service's name, with which its keys begin. */
  readonly service: string;
  /** The name of its database, and of the role that owns it. */
  readonly owner: string;
  readonly username: string;
  readonly password: string;
}

export type MakeAccount = (administrator: Administrator, account: Account) => Promise<void>;

export const postgresAccount: MakeAccount = async (administrator, { owner, username, password }) => {
  const { Client, escapeIdentifier, escapeLiteral } = (await import("pg")).default;
  const client = new Client({ host: "127.0.0.1", user: "postgres", database: "postgres", ...administrator });
  await client.connect();
  try {
    // A failing statement would be written to the log, including the password.
    await client.query("SET log_min_error_statement = panic");
    const [role, login, secret] = [escapeIdentifier(owner), escapeIdentifier(username), escapeLiteral(password)];
    const isThere = async (table: string, name: string): Promise<boolean> =>
      (await client.query(`SELECT 1 FROM ${table}`, [name])).rowCount === 1;
    if (!(await isThere("pg_roles WHERE rolname = $1", owner))) await client.query(`CREATE ROLE ${role} NOLOGIN`);
    const there = await isThere("pg_roles WHERE rolname = $1", username);
    await client.query(`${there ? "ALTER" : "CREATE"} ROLE ${login} LOGIN PASSWORD ${secret}`);
    await client.query(`GRANT ${role} TO ${login}`);
    if (await isThere("pg_database WHERE datname = $1", owner)) return;
    await client.query(`CREATE DATABASE ${role} OWNER ${role}`);
    await client.query(`REVOKE ALL ON DATABASE ${role} FROM PUBLIC`);
  } finally {
    await client.end();
  }
};

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
