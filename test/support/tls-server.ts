import { once } from "node:events";
import { type Agent, createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";
import { createAuthority, type KeyPair } from "../../sandbox/src/region/certificates.ts";

/** A server that returns the client's name, using certificates of its own authority. */
export interface TlsServer {
  /** The authority's certificate, as Base64 of its PEM. */
  readonly ca: string;
  /** The certificate of a user called jo. */
  readonly client: KeyPair;
  /** Returns the name that the server saw, "nobody" without one; rejects if either side does not trust the other. */
  ask(agent: unknown): Promise<string>;
}

/** Stops it at the end of the test. */
export async function tlsServer(): Promise<TlsServer> {
  const authority = await createAuthority("the CA", Date.now());
  const own = await authority.issue({ commonName: "server", hosts: ["localhost"] });
  const server = createServer(
    { ca: authority.certificate, cert: own.certificate, key: own.key, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      const { authorized, getPeerCertificate } = request.socket as TLSSocket;
      response.end(authorized ? getPeerCertificate.call(request.socket).subject.CN : "nobody");
    },
  ).listen(0);
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    ca: Buffer.from(authority.certificate).toString("base64"),
    client: await authority.issue({ commonName: "jo" }),
    ask: (agent) =>
      new Promise((resolve, reject) => {
        get({ host: "localhost", port, agent: agent as Agent }, (response) => {
          let said = "";
          response.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
          response.on("end", () => resolve(said));
        }).on("error", reject);
      }),
  };
}
