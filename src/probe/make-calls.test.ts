import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer as createHttp, type RequestListener } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createAuthority } from "../../sandbox/src/region/certificates.ts";
import type { ProbeCall, ProbeResult } from "../core/probe.ts";
import { makeCalls } from "./make-calls.ts";

const { signal } = new AbortController();
let secrets: string;
beforeAll(async () => {
  secrets = await mkdtemp(join(tmpdir(), "gennet-secrets-"));
  await mkdir(join(secrets, "cache"));
  const login = { host: "localhost", username: "ana", password: "hunter2" };
  for (const [key, value] of Object.entries(login)) await writeFile(join(secrets, "cache", key), value);
  await mkdir(join(secrets, "graph"));
  const graph = { username: "ana", password: "hunter2" };
  for (const [key, value] of Object.entries(graph)) await writeFile(join(secrets, "graph", key), value);
});
afterAll(() => rm(secrets, { recursive: true }));

async function made(call: ProbeCall, timeoutMs = 10_000): Promise<ProbeResult> {
  const [result] = await makeCalls([call], { clock: Date, secrets, timeoutMs }, signal);
  if (result === undefined) throw new Error("there is no result");
  return result;
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A server that does this with each connection. */
async function serve(accept: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket.on("error", () => undefined));
    accept(socket);
  });
  onTestFinished(() => open.forEach((socket) => socket.destroy()));
  return portOf(server);
}

const host = "127.0.0.1";
const web = async (answer: RequestListener): Promise<string> => `http://${host}:${await portOf(createHttp(answer))}`;

describe("calls by TCP and HTTP", () => {
  it("A port that listens accepts a TCP call, and one that is closed refuses it", async () => {
    const port = await serve((socket) => socket.end());
    expect(await made({ kind: "tcp", host, port })).toMatchObject({ call: `tcp://${host}:${port}`, outcome: "ok" });
    expect(await made({ kind: "tcp", host, port: 1 })).toMatchObject({ outcome: "failed", trouble: "refused" });
  });

  it.each<readonly [title: string, answer: string, result: Partial<ProbeResult>]>([
    [
      "that agrees on a version is one",
      "00000405",
      { outcome: "ok", summary: `Neo4j at ${host} speaks Bolt 5.4; nothing logged in` },
    ],
    ["that shares no version is none", "00000000", { outcome: "failed", trouble: "rejected" }],
    ["that speaks HTTP is none", "485454502f312e31", { outcome: "failed", trouble: "rejected" }],
    ["that closes the connection does not answer", "", { outcome: "failed", trouble: "reset" }],
  ])("Of servers of Bolt, one %s", async (_title, answer, result) => {
    const asked: string[] = [];
    const port = await serve((socket) =>
      socket.once("data", (data: Buffer) => {
        asked.push(data.toString("hex"));
        socket.end(Buffer.from(answer, "hex"));
      }),
    );
    expect(await made({ kind: "neo4j", host, port })).toMatchObject(result);
    expect(asked).toEqual(["6060b01700080805000204040000010400000003"]);
  });

  it("A server of Bolt that does not answer in time is reported as such", async () => {
    const port = await serve(() => undefined);
    expect(await made({ kind: "neo4j", host, port }, 50)).toMatchObject({ outcome: "failed", trouble: "timed-out" });
  });

  it.each([
    [200, "ok"],
    [302, "ok"],
    [404, "failed"],
    [503, "failed"],
  ])("An HTTP response with status %i is %s, and the result has the status", async (status, outcome) => {
    const url = await web((_request, response) => response.writeHead(status).end("body"));
    expect(await made({ kind: "http", url })).toMatchObject({ outcome, status });
  });

  it("A server that closes a connection without an answer is told apart from one that refuses it", async () => {
    // As a proxy does that wants mutual TLS.
    const port = await serve((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const result = await made({ kind: "http", url: `http://${host}:${port}/` });
    expect(result).toMatchObject({ outcome: "failed", trouble: "reset" });
    expect(result.status).toBeUndefined();
  });

  it("A server that does not answer in time, and a name that does not resolve, are failures of their own", async () => {
    const port = await serve(() => undefined);
    const silent = await made({ kind: "http", url: `http://${host}:${port}/` }, 50);
    expect(silent).toMatchObject({ outcome: "failed", trouble: "timed-out" });
    const unknown = await made({ kind: "tcp", host: "nothing.invalid", port: 80 });
    expect(unknown).toMatchObject({ outcome: "failed", trouble: "unresolved" });
  });

  it("An interruption ends all calls with its reason", async () => {
    const port = await serve(() => undefined);
    const stop = new AbortController();
    const call = { kind: "http", url: `http://${host}:${port}/` } as const;
    const pending = makeCalls([call], { clock: Date, secrets, timeoutMs: 10_000 }, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(pending).rejects.toThrow("stopped");
  });
});

describe("a span for a Collector", () => {
  it("A Collector gets one span, whose trace the result names", async () => {
    const seen: unknown[] = [];
    const url = await web((request, response) => {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        seen.push(request.url, JSON.parse(body));
        response.writeHead(200).end('{"partialSuccess":{}}');
      });
    });
    const { outcome, traceId } = await made({ kind: "otlp", url });
    expect(outcome).toBe("ok");
    const scopeSpans = [{ scope: { name: "gennet" }, spans: [expect.objectContaining({ traceId })] }];
    expect(seen).toEqual(["/v1/traces", { resourceSpans: [expect.objectContaining({ scopeSpans })] }]);
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each([
    [200, '{"partialSuccess":{"rejectedSpans":"1"}}'],
    [200, "<html>"],
    [503, "{}"],
  ])("A Collector that does not accept the span is a failure: %i %s", async (status, body) => {
    const url = await web((_request, response) => response.writeHead(status).end(body));
    expect(await made({ kind: "otlp", url })).toMatchObject({ outcome: "failed", trouble: "rejected" });
  });
});

/** Speaks TLS with a certificate that no one trusts. */
async function untrusted(): Promise<(socket: Socket) => TLSSocket> {
  const authority = await createAuthority("the CA", Date.now());
  const { certificate: cert, key } = await authority.issue({ commonName: "store", hosts: ["localhost"] });
  const secureContext = createSecureContext({ cert, key });
  return (socket) => new TLSSocket(socket, { isServer: true, secureContext }).on("error", () => undefined);
}

/** A message of Bolt, in one chunk. */
const bolt = (tag: string, text = ""): string => {
  const content = `b1${tag}${Buffer.from(text).toString("hex")}`;
  return `${(content.length / 2).toString(16).padStart(4, "0")}${content}0000`;
};

describe("logins of Neo4j", () => {
  const unauthorized = bolt("7f", "code: Neo.ClientError.Security.Unauthorized, hunter2");
  const busy = bolt("7f", "code: Neo.TransientError.General.DatabaseUnavailable");

  it.each<readonly [title: string, answers: readonly string[], result: Partial<ProbeResult>]>([
    ["that answers both messages", [bolt("70"), bolt("70")], { outcome: "ok" }],
    ["that keeps the connection open meanwhile", [`0000${bolt("70")}0000`, bolt("70")], { outcome: "ok" }],
    ["that refuses the login", [bolt("70"), unauthorized], { outcome: "failed", trouble: "denied" }],
    ["that refuses the session", [busy], { outcome: "failed", trouble: "rejected" }],
    ["that closes the connection", [bolt("70")], { outcome: "failed", trouble: "reset" }],
  ])("A login at a server %s is answered accordingly", async (_title, answers, result) => {
    const heard: string[] = [];
    const port = await serve((socket) => {
      socket.once("data", (greeting: Buffer) => {
        heard.push(greeting.toString("hex"));
        socket.write(Buffer.from("00000805", "hex"));
        socket.once("data", (login: Buffer) => {
          heard.push(login.toString("latin1"));
          for (const answer of answers) socket.write(Buffer.from(answer, "hex"));
          socket.end();
        });
      });
    });
    const got = await made({ kind: "neo4j", host, port, secret: "graph" });
    expect(got).toMatchObject({ call: `bolt://${host}:${port}?secret=graph`, ...result });
    expect(JSON.stringify(got)).not.toContain("hunter2");
    // Only versions that have this login.
    expect(heard[0]).toBe("6060b01700070805000000000000000000000000");
    expect(heard[1]).toContain("hunter2");
  });

  it("A server that has none of the versions that log in this way gets no login", async () => {
    const heard: string[] = [];
    const port = await serve((socket) => {
      socket.on("data", (bytes: Buffer) => heard.push(bytes.toString("latin1")));
      socket.once("data", () => socket.end(Buffer.alloc(4)));
    });
    const got = await made({ kind: "neo4j", host, port, secret: "graph" });
    expect(got).toMatchObject({ outcome: "failed", trouble: "rejected" });
    expect(heard.join()).not.toContain("hunter2");
  });

  it("A uri in the Secret names the host, the port and whether there is TLS", async () => {
    const heard: string[] = [];
    const secured = await untrusted();
    const port = await serve((socket) => void secured(socket).on("data", (data) => heard.push(String(data))));
    await writeFile(join(secrets, "graph", "uri"), `neo4j+s://localhost:${port}`);
    const got = await made({ kind: "neo4j", secret: "graph" });
    await rm(join(secrets, "graph", "uri"));
    expect(got).toMatchObject({ outcome: "failed", trouble: "certificate" });
    expect(heard).toEqual([]);
  });
});

describe("data stores", () => {
  it.each<"postgres" | "redis">(["postgres", "redis"])(
    "A %s whose certificate is not trusted is not given a login",
    async (kind) => {
      const secured = await untrusted();
      const heard: string[] = [];
      const port = await serve((socket) => {
        const speak = (): void => void secured(socket).on("data", (data) => heard.push(String(data)));
        if (kind === "redis") return speak();
        socket.once("data", () => {
          socket.write("S");
          speak();
        });
      });
      for (const more of [{}, { secret: "cache" }]) {
        const result = await made({ kind, host: "localhost", port, ...more });
        expect(result).toMatchObject({ outcome: "failed", trouble: "certificate" });
        expect(JSON.stringify(result)).not.toContain("hunter2");
      }
      expect(heard).toEqual([]);
    },
  );

  it("A PostgreSQL without TLS is not given a login", async () => {
    const heard: Buffer[] = [];
    const port = await serve((socket) =>
      socket.on("data", (data) => {
        heard.push(data);
        socket.write("N");
      }),
    );
    for (const more of [{}, { secret: "cache" }]) {
      const result = await made({ kind: "postgres", host, port, ...more });
      expect(result).toMatchObject({ outcome: "failed", trouble: "no-tls" });
    }
    expect(Buffer.concat(heard).toString("latin1")).not.toContain("ana");
  });

  it("A Redis without TLS is not given a login", async () => {
    const port = await serve((socket) => socket.on("data", () => socket.write("-ERR unknown command\r\n")));
    const result = await made({ kind: "redis", host, port, secret: "cache" });
    expect(result).toMatchObject({ outcome: "failed", trouble: "no-tls" });
  });

  it("A data store that refuses or closes a connection has failed, with or without a login", async () => {
    const port = await serve((socket) => socket.destroy());
    const calls = (["postgres", "redis"] as const).flatMap((kind) =>
      [{}, { secret: "cache" }].flatMap((more) => [
        { kind, host, port, ...more },
        { kind, host, port: 1, ...more },
      ]),
    );
    const results = await makeCalls(calls, { clock: Date, secrets, timeoutMs: 10_000 }, signal);
    expect(results.map(({ trouble }) => trouble)).toEqual(Array.from({ length: 4 }, () => ["reset", "refused"]).flat());
  });

  it("A store that does not answer in time has failed, with or without a login", async () => {
    const port = await serve(() => undefined);
    for (const kind of ["postgres", "redis"] as const) {
      for (const more of [{}, { secret: "cache" }]) {
        const result = await made({ kind, host, port, ...more }, 200);
        expect(result).toMatchObject({ outcome: "failed", trouble: "timed-out" });
      }
    }
  });

  it("A Secret without a login leaves the call unknown, and names the key that is missing", async () => {
    await mkdir(join(secrets, "half"));
    await writeFile(join(secrets, "half", "username"), "ana");
    for (const kind of ["postgres", "redis"] as const) {
      const missing = await made({ kind, host, secret: "half" });
      expect(missing).toMatchObject({ outcome: "unknown", summary: "the Secret half has no readable key password" });
    }
    await rm(join(secrets, "half"), { recursive: true });
  });
});
