const address =
  /\b(?:postgres(?:ql)?|mysql|mongodb|rediss?|neo4j|bolt)(?:\+[a-z0-9+]+)?:\/\/(?:[^\s@/]*@)?([a-z0-9.-]+)/i;

/** Returns the host of a database's address if it is inside the cluster: `db.orders.svc`. */
export function databaseHost(content: string): string | undefined {
  const host = address.exec(content)?.[1];
  return host !== undefined && /^[a-z0-9-]+\.[a-z0-9-]+(\.svc(\.cluster\.local)?)?$/i.test(host) ? host : undefined;
}

const database = /(^|[-_])(postgres(ql)?|mysql|mongodb|redis|neo4j|database|db)($|[-_])/i;

/** Returns whether a secret's key (`shop/orders/postgres`) names a database and this component as its owner. */
export function ownerOfKey(key: string, component: string): boolean {
  const segments = key.split("/").filter((each) => each !== "");
  return segments.includes(component) && segments.some((each) => each !== component && database.test(each));
}
