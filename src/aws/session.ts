import { readFileSync } from "node:fs";
import { fromNodeProviderChain, fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { memoize } from "@smithy/core/config";
import type { AwsCredentialIdentity, MiddlewareStack, Provider, RetryStrategyV2, UserAgent } from "@smithy/types";
import packageFile from "../../package.json" with { type: "json" };
import type { Clock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { proxyAgents } from "./proxy.ts";
import type { AwsTarget } from "./port.ts";
import { BoundedRetries, type RetrySettings } from "./retry.ts";

export interface SessionSettings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly requestTimeoutMs: number;
  readonly emit: Emit;
  readonly clock: Clock;
  /** From 0 up to 1; spreads the pauses before repeats. */
  readonly random: () => number;
}

/** What every client of one region is made with. */
export interface ClientConfig {
  readonly region: string;
  readonly credentials: Provider<AwsCredentialIdentity>;
  readonly requestHandler: object;
  readonly customUserAgent: UserAgent;
  readonly retryStrategy: RetryStrategyV2;
  readonly logger: typeof silent;
}

/** The credentials and transport of one region. Endpoints are the SDK's own matter, so AWS_ENDPOINT_URL holds. */
export interface Session {
  readonly target: AwsTarget;
  readonly clock: Clock;
  readonly emit: Emit;
  config(replays?: RetrySettings["replays"]): ClientConfig;
}

// The SDK writes hints for its own developers to the console when it is given no logger.
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

export function createSession(target: AwsTarget, settings: SessionSettings): Session {
  // AWS's own switch for its notice about Node 20: https://a.co/c895JFp
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const transport = {
    region: target.awsRegion,
    requestHandler: requestHandler(settings),
    customUserAgent: [["gennet", packageFile.version]] as UserAgent,
    logger: silent,
  };
  const retries = (replays: RetrySettings["replays"]): BoundedRetries => new BoundedRetries({ ...settings, replays });
  const clientConfig = { ...transport, retryStrategy: retries("all") };
  const base = fromNodeProviderChain({
    ...(target.profile === undefined ? {} : { profile: target.profile }),
    clientConfig,
    logger: silent,
  });
  const credentials =
    target.roleArn === undefined
      ? base
      : fromTemporaryCredentials({
          masterCredentials: base,
          params: { RoleArn: target.roleArn, RoleSessionName: "gennet" },
          clientConfig,
        });
  // One answer for all clients: each would otherwise read files and assume the role for itself.
  const shared = memoize(credentials, endsSoon, (held) => held.expiration !== undefined);
  return {
    target,
    clock: settings.clock,
    emit: settings.emit,
    config: (replays = "all") => ({ ...transport, credentials: shared, retryStrategy: retries(replays) }),
  };
}

/** Names the call in every error that leaves an attempt: `EKS CreateCluster`. */
export function nameErrors<In extends object, Out extends object>(stack: MiddlewareStack<In, Out>): void {
  stack.add(
    (next, context) => async (request) => {
      try {
        return await next(request);
      } catch (error) {
        const service = (context.clientName ?? "AWS").replace(/Client$/, "");
        const action = `${service} ${(context.commandName ?? "").replace(/Command$/, "")}`;
        if (error instanceof Error) Object.defineProperty(error, "$action", { value: action, configurable: true });
        throw error;
      }
    },
    // Inside of the retries, so that they can say what they repeat.
    { step: "finalizeRequest", priority: "low", name: "gennetNameErrors", override: true },
  );
}

/** Within five minutes, the margin that the SDK's own clients keep. */
function endsSoon(held: AwsCredentialIdentity): boolean {
  return held.expiration !== undefined && held.expiration.getTime() - Date.now() < 300_000;
}

function requestHandler({ env, requestTimeoutMs }: SessionSettings): object {
  const bundle = env["AWS_CA_BUNDLE"];
  const tls = bundle ? { ca: readFileSync(bundle) } : {};
  return {
    connectionTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
    ...(proxyAgents(tls) ?? { httpsAgent: { keepAlive: true, ...tls } }),
  };
}

function nothing(): void {}
