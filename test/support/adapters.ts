import { services } from "../../src/aws/services.ts";
import type { Session } from "../../src/aws/session.ts";
import { readIdentity } from "../../src/aws/sts/client.ts";
import { nonEmpty } from "./non-empty.ts";
import { sourcesIn } from "./sources.ts";
import { type Choices, typeValues } from "./type-values.ts";

/** A call of AWS that the code of an adapter names. */
export interface NamedCall {
  /** The service's name in botocore: `eks`. */
  readonly service: string;
  /** `DescribeCluster`. */
  readonly operation: string;
  /** The package of its client: `@aws-sdk/client-eks`. */
  readonly sdk: string;
}

/** A method of an adapter's port. */
export interface AdapterMethod {
  /** `eks cluster`. */
  readonly name: string;
  /** Calls it with arguments of the types that its port declares. */
  call(session: Session, choices: Choices): Promise<unknown>;
}

/** SDK clients whose names differ from those in botocore. */
const botocoreNames: Readonly<Record<string, string>> = {
  "cloudwatch-logs": "logs",
  "elastic-load-balancing-v2": "elbv2",
  "route-53": "route53",
  "secrets-manager": "secretsmanager",
};

const adapterSources = sourcesIn("src/aws", ".ts").filter(({ path }) => !path.endsWith(".test.ts"));

/** Returns the calls of AWS in the adapters: the commands and paginators that they import from the SDK. */
export function namedCalls(): readonly NamedCall[] {
  const calls = adapterSources.flatMap(({ text }) =>
    [...text.matchAll(/import (?!type)\{([^}]*)\} from "(@aws-sdk\/client-([\w-]+))"/g)].flatMap(
      ([, names = "", sdk = "", client = ""]) =>
        [...names.matchAll(/\b(?:(\w+)Command|paginate(\w+))\b/g)].map(([, command, paged]) => ({
          service: botocoreNames[client] ?? client,
          operation: command ?? paged ?? "",
          sdk,
        })),
    ),
  );
  const unique = new Map(calls.map((call) => [`${call.service} ${call.operation}`, call]));
  return nonEmpty(unique.values()).toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

export function keyOf({ service, operation }: Pick<NamedCall, "service" | "operation">): string {
  return `${service} ${operation}`;
}

/** Returns every method of every adapter. Throws if the interface of its port does not declare it. */
export async function adapterMethods(session: Session): Promise<readonly AdapterMethod[]> {
  const values = typeValues();
  const folders = new Map(
    [
      ...(adapterSources.find(({ path }) => path === "src/aws/services.ts")?.text ?? "").matchAll(
        /^ {2}(\w+): .*import\("\.\/([\w-]+)\/client\.ts"\)/gm,
      ),
    ].map(([, name = "", folder = ""]) => [name, folder]),
  );
  const identity: AdapterMethod = {
    name: "sts identity",
    call: (own) => readIdentity(own, new AbortController().signal),
  };
  const open: Readonly<Record<string, (own: Session) => Promise<{ readonly port: object; close(): void }>>> = services;
  const found = await Promise.all(
    Object.entries(open).map(async ([service, connect]) => {
      const { port, close } = await connect(session);
      close();
      const folder = `src/aws/${folders.get(service) ?? service}`;
      return Object.keys(port).map((method): AdapterMethod => {
        const call: AdapterMethod["call"] = async (own, choices) => {
          const args = values.argumentsOf(folder, method, choices);
          if (args === undefined) throw new Error(`No interface of ${folder} declares ${method}`);
          return called(await connect(own), method, args);
        };
        return { name: `${service} ${method}`, call };
      });
    }),
  );
  return nonEmpty([identity, ...found.flat()]);
}

/** Calls a method of a port; returns all that an iterator yields. */
async function called(
  { port, close }: { readonly port: object; close(): void },
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  try {
    const work = Reflect.get(port, method) as (...given: readonly unknown[]) => unknown;
    const result = work(...args);
    if (typeof result !== "object" || result === null || !(Symbol.asyncIterator in result)) return await result;
    const all: unknown[] = [];
    for await (const each of result as AsyncIterable<unknown>) all.push(each);
    return all;
  } finally {
    close();
  }
}
