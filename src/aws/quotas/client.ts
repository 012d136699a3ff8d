import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  type ServiceQuota,
  ServiceQuotasClient,
} from "@aws-sdk/client-service-quotas";
import { callsTo } from "../calls.ts";
import { type Connected, nameErrors, type Session } from "../session.ts";
import type { Quotas } from "./port.ts";
import { usage } from "./usage.ts";

/** Connects to Service Quotas, and to the services whose resources are counted. */
export function createQuotas(session: Session): Connected<Quotas> {
  const client = new ServiceQuotasClient(session.config());
  nameErrors(client.middlewareStack);
  const { call } = callsTo(session);
  const counting = usage(session);

  const port: Quotas = {
    async quota(service, code, signal) {
      const input = { ServiceCode: service, QuotaCode: code };
      const found = await call(signal, async (options): Promise<ServiceQuota | undefined> => {
        // A quota without an applied value is answered with NoSuchResourceException; its default may still exist.
        const applied = await client.send(new GetServiceQuotaCommand(input), options).catch(unknownQuota);
        if (applied?.Quota !== undefined) return applied.Quota;
        return (await client.send(new GetAWSDefaultServiceQuotaCommand(input), options).catch(unknownQuota))?.Quota;
      });
      if (found?.Value === undefined) return undefined;
      return { name: found.QuotaName ?? `${service} ${code}`, value: found.Value };
    },
    used: counting.used,
  };
  return {
    port,
    close: () => {
      client.destroy();
      counting.close();
    },
  };
}

/** https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_GetServiceQuota.html */
function unknownQuota(error: unknown): undefined {
  if (error instanceof Error && error.name === "NoSuchResourceException") return undefined;
  throw error;
}
