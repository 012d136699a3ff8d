import type { Check } from "../../core/check.ts";
import type { PlaceContext } from "../doctor-context.ts";
import { orFault } from "../fault.ts";

export const accountIdentity: Check<PlaceContext> = {
  id: "account/identity",
  title: "AWS account",
  explain:
    "Asks AWS which account the credentials belong to, and compares it with the region's `accountId`. If they differ, gennet writes nothing.",
  async run({ aws }, signal) {
    if (aws === undefined) return [];
    const about = { id: "account/identity", subject: "AWS account" };
    return orFault(about, async () => {
      const { accountId, arn } = await (await aws()).verifyAccount(signal);
      return { ...about, severity: "ok", summary: `${arn}, account ${accountId}`, evidence: { accountId, arn } };
    });
  },
};
