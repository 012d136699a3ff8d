import { isPlaceholder } from "./placeholders.ts";

/** Formats that only credentials have. Issuers publish them, and secret scanners recognise them. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z0-9 ]*PRIVATE KEY( BLOCK)?-----(?!\s*(\.\.\.|<|\[|\$|…))\s*\S{20}/, "a private key"],
  [/\bAGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{50,}/, "an age key"],
  [/\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/, "an AWS access key"],
  [/\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{40,}/, "a GitHub token"],
  [/\bgl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_.-]{20,}/, "a GitLab token"],
  [/\bxox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{20,}/, "a Slack token"],
  [/hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9+/]{30,}/, "a Slack webhook"],
  [/discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{30,}/, "a Discord webhook"],
  [/\b[sr]k_(?:live|prod)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/]{24,}/, "a Stripe key"],
  [/\bnpm_[A-Za-z0-9]{36}\b/, "an npm token"],
  [/\bpypi-AgE[A-Za-z0-9_-]{50,}/, "a PyPI token"],
  [/\brubygems_[a-f0-9]{48}\b/, "a RubyGems token"],
  [/\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}/, "a Docker Hub token"],
  [/\bsk-ant-[A-Za-z0-9_-]{20,}/, "an Anthropic key"],
  [
    /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{10,}|\bsk-[A-Za-z0-9]{40,}\b|\bsk-proj-[A-Za-z0-9_-]{40,}/,
    "an OpenAI key",
  ],
  [/\bhf_[A-Za-z0-9]{30,}\b/, "a Hugging Face token"],
  [/\bAIza[\w-]{35}\b|\bya29\.[\w-]{30,}|\bGOCSPX-[\w-]{28}/, "a Google key"],
  [/\bSG\.[\w-]{16,}\.[\w-]{16,}/, "a SendGrid key"],
  [/\bkey-[0-9a-f]{32}\b/, "a Mailgun key"],
  [/\bdop_v1_[a-f0-9]{64}\b|\bdo[or]_v1_[a-f0-9]{64}\b/, "a DigitalOcean token"],
  [/\bhv[sbr]\.[A-Za-z0-9_-]{24,}/, "a Vault token"],
  [/\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}/, "a Terraform token"],
  [/\bglsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}\b|\bglc_[A-Za-z0-9+/]{32,}/, "a Grafana token"],
  [/\bNRAK-[A-Z0-9]{27}\b|\b[0-9a-f]{36}NRAL\b/, "a New Relic key"],
  [/\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/, "a Shopify token"],
  [/\bdapi[a-f0-9]{32}\b/, "a Databricks token"],
  [/\bdp\.(?:pt|st|sa|ct)\.[A-Za-z0-9._-]{40,}/, "a Doppler token"],
  [/\bATATT3[A-Za-z0-9_=-]{50,}/, "an Atlassian token"],
  [/\b\d{8,10}:AA[A-Za-z0-9_-]{32,34}\b/, "a Telegram token"],
  [/\b[a-z0-9_~.]{3}\dQ~[a-zA-Z0-9_~.-]{31,34}\b/i, "a Microsoft client secret"],
  [/\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{20,}/, "a JSON Web Token"],
];

const basic = /\bBasic\s+([A-Za-z0-9+/]{8,}={0,2})(?![A-Za-z0-9+/])/;
const bearer = /\b(?:Bearer|Token)\s+([A-Za-z0-9_.~+/-]{20,}=*)/;

/**
 * Returns a description of the credential that a text contains, recognised by its form alone; never the text itself.
 */
export function secretForm(text: string): string | undefined {
  for (const [form, what] of forms) {
    const found = form.exec(text)?.[0];
    if (found !== undefined && !isPlaceholder(found)) return what;
  }
  const login = basic.exec(text)?.[1];
  if (login !== undefined && /^[\x20-\x7e]+:[\x20-\x7e]+$/.test(Buffer.from(login, "base64").toString("latin1"))) {
    return "a login in an Authorization header";
  }
  const token = bearer.exec(text)?.[1];
  if (token !== undefined && /\d/.test(token) && /[a-z]/i.test(token) && !isPlaceholder(token)) {
    return "a token in an Authorization header";
  }
  return undefined;
}

const inAddress: readonly RegExp[] = [
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'<>]*:([^\s/@"']+)@[^\s/]/i,
  // Formats of Go's MySQL driver and Oracle's easy connect.
  /\b[\w.-]+:([^\s@:/]+)@(?:tcp|udp|unix)\(/i,
  /\b\w+\/([^\s@/"']+)@\/\/[\w.-]+/,
];

/** Returns the password in a URL or data source name: `postgres://app:PASSWORD@db/orders`. */
export function passwordInAddress(text: string): string | undefined {
  return inAddress.map((form) => form.exec(text)?.[1]).find((found) => found !== undefined && !isPlaceholder(found));
}
