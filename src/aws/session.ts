import type { AwsCredentialIdentity, MiddlewareStack, Provider, RetryStrategyV2, UserAgent } from "@smithy/types";
import packageFile from "../../package.json" with { type: "json" };
import type { Clock } from "../core/clock.ts";
import type { Emit } from "../core/event.ts";
import { credentialsOf, type CredentialSettings, silent } from "./credentials.ts";
import { FreshIds } from "./fresh-ids.ts";
import { proxyAgents } from "./proxy.ts";
import type { AwsTarget } from "./target.ts";
import { BoundedRetries, type RetrySettings } from "./retry.ts";
import { type AwsHolder, caBundle, findProfile } from "./shared-config.ts";

export interface SessionSettings extends CredentialSettings {
  readonly emit: Emit;
  readonly clock: Clock;
  /** From 0 up to 1; adds jitter to the pauses between retries. */
  readonly random: () => number;
}

/** The configuration of every client of one region. */
export interface ClientConfig {
  readonly region: string;
  readonly credentials: Provider<AwsCredentialIdentity>;
  readonly requestHandler: object;
  readonly customUserAgent: UserAgent;
  readonly retryStrategy: RetryStrategyV2;
  readonly logger: typeof silent;
}

/** The credentials and transport of one region. The SDK chooses endpoints, so AWS_ENDPOINT_URL applies. */
export interface Session {
  readonly target: AwsHolder;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly fresh: FreshIds;
  config(replays?: RetrySettings["replays"]): ClientConfig;
}

/** The adapter of a service, and the function that closes its connections. */
export interface Connected<P> {
  readonly port: P;
  readonly close: () => void;
}

/**
 * Creates the session of a region. Throws AWS_CREDENTIALS_MISSING if the profile does not exist, and FILE_UNUSABLE if
 * the CA bundle cannot be read.
 */
export async function createSession(region: AwsTarget, settings: SessionSettings): Promise<Session> {
  // Turns off the SDK's notice about Node 20: https://a.co/c895JFp
  process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";
  const profile = await findProfile(region.profile, settings.env);
  const target: AwsHolder = { ...region, holder: profile };
  const transport = {
    region: target.awsRegion,
    requestHandler: requestHandler(settings.requestTimeoutMs, await caBundle(profile, settings.env)),
    customUserAgent: [["gennet", packageFile.version]] as UserAgent,
    logger: silent,
  };
  const retries = (replays: RetrySettings["replays"]): BoundedRetries => new BoundedRetries({ ...settings, replays });
  const credentials = credentialsOf(target, profile, { ...transport, retryStrategy: retries("all") }, settings);
  return {
    target,
    clock: settings.clock,
    emit: settings.emit,
    fresh: new FreshIds(settings.clock),
    config: (replays = "all") => ({ ...transport, credentials, retryStrategy: retries(replays) }),
  };
}

/** Adds the name of the call to every error of an attempt: `EKS CreateCluster`. */
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
    // Inside the retries, so that they can report what they retry.
    { step: "finalizeRequest", priority: "low", name: "gennetNameErrors", override: true },
  );
}

function requestHandler(requestTimeoutMs: number, ca: Buffer | undefined): object {
  const tls = ca === undefined ? {} : { ca };
  return {
    connectionTimeout: requestTimeoutMs,
    requestTimeout: requestTimeoutMs,
    throwOnRequestTimeout: true,
    ...(proxyAgents(tls) ?? { httpsAgent: { keepAlive: true, ...tls } }),
  };
}
