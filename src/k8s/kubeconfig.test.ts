import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { tlsServer } from "../../test/support/tls-server.ts";
import type { Authorisation } from "./access.ts";
import { contextAccess } from "./kubeconfig.ts";

const { signal } = new AbortController();
let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "kubeconfig-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Kubeconfig {
  readonly context?: string;
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
}

async function file(name: string, { context = "eu", cluster = {}, user = {} }: Kubeconfig = {}): Promise<string> {
  const path = join(folder, name);
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server: "https://api.example:6443", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: context, context: { cluster: "c", user: "u" } }],
  };
  await writeFile(path, stringify(config));
  return path;
}

async function authorise(paths: string, context = "eu", requestTimeoutMs = 10_000): Promise<Authorisation> {
  const source = { env: { ...process.env, KUBECONFIG: paths }, home: folder, requestTimeoutMs };
  return (await contextAccess(context, source)).authorise(signal);
}

const plugin = (script: string) => ({
  exec: { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", script] },
});
const credential = (status: object) => `printf %s '${JSON.stringify({ kind: "ExecCredential", status })}'`;

describe("a credential plug-in", () => {
  const fails = plugin("echo asked >&2; exit 1");

  // kubernetes#87369, kubectl-login#4
  it.each([
    ["a token", { token: "t" }, "Bearer t"],
    ["a user name", { username: "jo", password: "p" }, `Basic ${Buffer.from("jo:p").toString("base64")}`],
  ])("A credential plug-in is not run if the user also has %s, like in kubectl", async (_what, own, header) => {
    const { headers } = await authorise(await file("a", { user: { ...fails, ...own } }));
    expect(Object.values(headers)).toEqual([header]);
  });

  it("A credential plug-in is run if the other credentials are empty", async () => {
    const user = { ...plugin(credential({ token: "asked" })), token: "", username: "" };
    expect((await authorise(await file("a", { user }))).headers).toEqual({ Authorization: "Bearer asked" });
  });

  it("A credential plug-in that requests it gets everything that it needs to reach the cluster", async () => {
    await writeFile(join(folder, "ca.pem"), "the CA");
    const extensions = [{ name: "client.authentication.k8s.io/exec", extension: { audience: "shop" } }];
    const cluster = {
      "certificate-authority": "ca.pem",
      "tls-server-name": "api.internal",
      "proxy-url": "http://proxy:3128",
      extensions,
    };
    const { exec } = plugin(
      `printf %s "$KUBERNETES_EXEC_INFO" > ${join(folder, "told")}; ${credential({ token: "t" })}`,
    );
    const path = await file("a", { cluster, user: { exec: { ...exec, provideClusterInfo: true } } });
    // The CA is none: what counts is what the plug-in was told.
    await authorise(path).catch(() => undefined);
    const told = JSON.parse(await readFile(join(folder, "told"), "utf8")) as { spec: object };
    expect(told.spec).toEqual({
      interactive: false,
      cluster: {
        server: "https://api.example:6443",
        "certificate-authority-data": Buffer.from("the CA").toString("base64"),
        "tls-server-name": "api.internal",
        "proxy-url": "http://proxy:3128",
        config: { audience: "shop" },
      },
    });
  });
});

describe("contextAccess", () => {
  it("~/.kube/config is read if KUBECONFIG is empty", async () => {
    const source = { env: {}, home: folder, requestTimeoutMs: 1_000 };
    await expect(contextAccess("eu", source)).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
      message: `There is no kubeconfig at ${join(folder, ".kube", "config")}.`,
    });
  });

  it("Tokens and the cluster's CA are used, over kept-alive connections", async () => {
    const server = await tlsServer();
    const path = await file("a", { cluster: { "certificate-authority-data": server.ca }, user: { token: "t" } });
    const { agent, headers, expires } = await authorise(path);
    expect(headers).toEqual({ Authorization: "Bearer t" });
    expect(expires).toBeUndefined();
    expect(agent).toMatchObject({ keepAlive: true });
    expect(await server.ask(agent)).toBe("nobody");
  });

  it("All files in KUBECONFIG are read: the first one that has a name wins, and a missing one is skipped", async () => {
    const first = await file("a", { user: { token: "first" } });
    const second = await file("b", { context: "us", user: { token: "second" } });
    const paths = [join(folder, "missing"), first, second].join(":");
    expect((await authorise(paths, "us")).headers).toEqual({ Authorization: "Bearer first" });
  });

  it("An unknown context is reported with the existing ones", async () => {
    const paths = [await file("a"), await file("b", { context: "us" })].join(":");
    await expect(authorise(paths, "asia")).rejects.toMatchObject({
      code: "KUBE_CONTEXT_UNKNOWN",
      next: ["It has: eu, us"],
    });
  });

  it.each([
    ["does not verify the identity of", { "insecure-skip-tls-verify": true }],
    ["does not verify the identity of", { server: "http://api.example" }],
    ["is not an address", { server: "api" }],
  ])("A cluster is refused: the context %s", async (why, cluster) => {
    const message = expect.stringContaining(why) as string;
    await expect(authorise(await file("a", { cluster }))).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
      message,
    });
  });

  it("Plain HTTP is allowed on loopback, where kubectl proxy listens", async () => {
    const { agent } = await authorise(await file("a", { cluster: { server: "http://127.0.0.1:8001" } }));
    expect(agent).toMatchObject({ keepAlive: true });
  });

  it.each([
    ["no content", ""],
    ["a comment alone", "# nothing yet\n"],
    ["null", "null\n"],
    ["lists that are null", "contexts: null\nclusters: null\nusers: null\n"],
  ])("A file with %s has no entries, like in kubectl", async (_what, text) => {
    const path = join(folder, "nothing");
    await writeFile(path, text);
    const second = await file("b", { user: { token: "t" } });
    expect((await authorise([path, second].join(":"))).headers).toEqual({ Authorization: "Bearer t" });
    await expect(authorise(path)).rejects.toMatchObject({
      code: "KUBE_CONTEXT_UNKNOWN",
      next: ["It has no contexts."],
    });
  });

  it.each([
    ["is a list", "- a\n", "it is not a mapping of keys to values"],
    ["has a text for a list", "contexts: eu\n", "its contexts are not a list"],
    [
      "has two clusters of one name",
      "clusters: [{name: c, cluster: {server: https://a}}, {name: c, cluster: {server: https://b}}]\n",
      'its clusters contain "c" twice',
    ],
  ])("A file that %s is refused, like in kubectl", async (_what, text, why) => {
    const path = join(folder, "odd one");
    await writeFile(path, text);
    await expect(authorise(path)).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
      message: `The kubeconfig ${path} cannot be read: ${why}.`,
      next: [`kubectl --kubeconfig '${path}' config view`],
    });
  });

  it("The reason why a file cannot be read is a sentence", async () => {
    await expect(authorise(folder)).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
      message: `${folder} cannot be read: it is a folder, not a file (EISDIR).`,
    });
  });

  it("Entries that are null are skipped, and the last of duplicate keys is used", async () => {
    const path = await file("a", { user: { token: "t" } });
    await appendFile(path, "contexts: [null, {name: x, context: null}, {name: eu, context: {cluster: c, user: u}}]\n");
    expect((await authorise(path)).headers).toEqual({ Authorization: "Bearer t" });
  });

  it("A token file next to the kubeconfig takes precedence over a token, and is read again after the token is rejected", async () => {
    await writeFile(join(folder, "token"), "first\n");
    const path = await file("a", { user: { tokenFile: "token", token: "old" } });
    const source = { env: { KUBECONFIG: path }, home: folder, requestTimeoutMs: 1_000 };
    const access = await contextAccess("eu", source);
    expect(await access.authorise(signal)).toMatchObject({
      headers: { Authorization: "Bearer first" },
      expires: Infinity,
    });
    await writeFile(join(folder, "token"), "second");
    expect((await access.authorise(signal)).headers).toEqual({ Authorization: "Bearer second" });
    await rm(join(folder, "token"));
    await expect(access.authorise(signal)).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
      message: `The token file ${join(folder, "token")} of context "eu" cannot be read: it does not exist (ENOENT).`,
    });
  });

  it("The requested user is impersonated, and groups are refused instead of ignored", async () => {
    const path = await file("a", { user: { token: "t", as: "jo" } });
    expect((await authorise(path)).headers).toEqual({ Authorization: "Bearer t", "Impersonate-User": "jo" });
    const groups = await file("b", { user: { token: "t", as: "jo", "as-groups": ["admins"] } });
    await expect(authorise(groups)).rejects.toMatchObject({
      message: 'Context "eu" impersonates with as-groups, which gennet does not support.',
    });
  });

  it("Contexts may have any name", async () => {
    for (const context of ["a b", "it's", "$(reboot)", "-x", "arn:aws:eks:eu-west-1:1:cluster/a"]) {
      const path = await file("a", { context, user: { token: "t" } });
      expect((await authorise(path, context)).headers).toEqual({ Authorization: "Bearer t" });
    }
  });

  it("A file that is not YAML is named", async () => {
    const path = join(folder, "broken");
    await writeFile(path, "contexts: [");
    await expect(authorise(path)).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
      message: expect.stringContaining(path),
    });
  });
});

describe("a credential plug-in", () => {
  it("The token of a credential plug-in is used until it expires", async () => {
    const script = credential({ token: "t", expirationTimestamp: "2026-01-01T00:15:00Z" });
    const { headers, expires } = await authorise(await file("a", { user: plugin(script) }));
    expect(headers).toEqual({ Authorization: "Bearer t" });
    expect(expires).toBe(Date.parse("2026-01-01T00:14:00Z"));
  });

  it("A credential plug-in may return a client certificate", async () => {
    const server = await tlsServer();
    const script = credential({ clientCertificateData: server.client.certificate, clientKeyData: server.client.key });
    const cluster = { "certificate-authority-data": server.ca };
    const { agent, expires } = await authorise(await file("a", { cluster, user: plugin(script) }));
    expect(await server.ask(agent)).toBe("jo");
    expect(expires).toBe(Infinity);
  });

  it("An invalid certificate of a credential plug-in is reported", async () => {
    const script = credential({ clientCertificateData: "CERT", clientKeyData: "KEY" });
    await expect(authorise(await file("a", { user: plugin(script) }))).rejects.toMatchObject({
      code: "KUBECONFIG_INVALID",
    });
  });

  it("A credential plug-in gets information about the exchange and, on request, about the cluster", async () => {
    const { exec } = plugin('echo "$KUBERNETES_EXEC_INFO" >&2; exit 1');
    const told = async (provideClusterInfo: boolean): Promise<unknown> => {
      const error = await authorise(await file("a", { user: { exec: { ...exec, provideClusterInfo } } })).catch(
        (thrown: unknown) => thrown,
      );
      return JSON.parse(/failed: (.*)$/.exec((error as Error).message)?.[1] ?? "");
    };
    const info = { apiVersion: "client.authentication.k8s.io/v1", kind: "ExecCredential" };
    expect(await told(false)).toEqual({ ...info, spec: { interactive: false } });
    expect(await told(true)).toEqual({
      ...info,
      spec: { interactive: false, cluster: { server: "https://api.example:6443" } },
    });
  });

  it("A credential plug-in next to the kubeconfig is found by its relative path", async () => {
    await writeFile(join(folder, "login.sh"), `#!/bin/sh\n${credential({ token: "t" })}\n`, { mode: 0o700 });
    const path = await file("a", { user: { exec: { command: "./login.sh" } } });
    expect((await authorise(path)).headers).toEqual({ Authorization: "Bearer t" });
  });

  it.each([
    ["failed: Token for corp has expired", plugin("echo 'Token for corp has expired' >&2; exit 255")],
    ["did not return a credential.", plugin("echo hello")],
    ["is not installed.", { exec: { command: "no-such-plugin", installHint: "install it" } }],
  ])("that %s", async (why, user) => {
    const message = expect.stringContaining(why) as string;
    await expect(authorise(await file("a", { user }))).rejects.toMatchObject({ code: "KUBE_DENIED", message });
  });

  it("A credential plug-in that never answers ends with the request time-out", async () => {
    const path = await file("a", { user: plugin("exec sleep 600") });
    await expect(authorise(path, "eu", 50)).rejects.toMatchObject({
      message: expect.stringContaining("did not answer within 50 ms"),
    });
  });
});
