import { AppError } from "../core/error.ts";
import { type ProbeCall, type StoreCall } from "../core/probe.ts";

const readers: Readonly<Record<string, (url: URL) => ProbeCall | string>> = {
  "tcp:": (url) => connection(url),
  "http:": ({ href }) => ({ kind: "http", url: href }),
  "https:": ({ href }) => ({ kind: "http", url: href }),
  "otlp+http:": (url) => collector(url),
  "otlp+https:": (url) => collector(url),
  "postgres:": (url) => store("postgres", url),
  "rediss:": (url) => store("redis", url),
  "bolt:": (url) => store("neo4j", url),
};

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const secretName = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/** Reads a call as it is written on the command line. Throws USAGE_INVALID. */
export function readCall(text: string): ProbeCall {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const reader = url && readers[url.protocol];
  if (url === undefined || reader === undefined) {
    const known = Object.keys(readers).map((scheme) => `${scheme}//`);
    throw invalid(withoutLogin(text), `calls begin with ${known.join(", ")}`);
  }
  if (url.username !== "" || url.password !== "") {
    throw invalid(withoutLogin(text), "it contains a login, which belongs in a Secret (?secret=NAME)");
  }
  const call = reader(url);
  if (typeof call === "string") throw invalid(text, call);
  return call;
}

function connection({ hostname, port }: URL): ProbeCall | string {
  if (hostname === "" || port === "") return "it needs a host and a port";
  return { kind: "tcp", host: plain(hostname), port: Number(port) };
}

function collector({ protocol, host }: URL): ProbeCall | string {
  if (host === "") return "it needs a host";
  return { kind: "otlp", url: `${protocol.slice("otlp+".length)}//${host}` };
}

function store(kind: StoreCall["kind"], { hostname, port, pathname, searchParams }: URL): ProbeCall | string {
  const secret = searchParams.get("secret") ?? undefined;
  if (hostname === "" && secret === undefined) return "it needs a host, or ?secret=NAME";
  if (secret !== undefined && !secretName.test(secret)) return `"${secret}" is not the name of a Secret`;
  const database = decodeURIComponent(pathname.slice(1));
  return {
    kind,
    ...(hostname === "" ? {} : { host: plain(hostname) }),
    ...(port === "" ? {} : { port: Number(port) }),
    ...(database === "" ? {} : { database }),
    ...(secret === undefined ? {} : { secret }),
  };
}

/** An IPv6 address has brackets in a URL. */
function plain(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** A password that was typed by mistake is not repeated. */
function withoutLogin(text: string): string {
  return text.replace(/\/\/[^/?#]*@/, "//");
}

function invalid(text: string, why: string): AppError {
  return new AppError("USAGE_INVALID", `"${text}" is not a call: ${why}.`, {
    next: ["gennet probe --help"],
  });
}
