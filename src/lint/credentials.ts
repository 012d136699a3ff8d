/** Texts that stand where somebody is meant to put something, or where something else will. */
const placeholder =
  /^$|^<.*>$|\$\{[^}]*\}|\$\([^)]*\)|\{\{.*\}\}|<%.*%>|^ENC\[|change[-_ ]?me|replace[-_ ]?(me|with|this)|goes[-_ ]here|x{4,}|placeholder|redacted|^(x+|\*+|\.+|-+|todo|tbd|none|null|example|dummy|fake|unused)$|^(your|my|some|enter|insert)[-_ ]|^(vault|ref\+?[a-z]*|awssm|op):/i;

/** Forms that only a credential has, wherever they stand. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "a private key"],
  [/\b(AKIA|ASIA)[0-9A-Z]{16}\b/, "an AWS access key"],
  [/\b(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{40,}/, "a GitHub token"],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, "a Slack token"],
  [/\bsk_live_[A-Za-z0-9]{16,}/, "a Stripe key"],
];
const credentialsInAddress = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:([^\s/@]+)@[^\s/]/i;

const secretName =
  /(^|[_.-])(PASSWORD|PASSWD|PASSPHRASE|PWD|SECRET|SECRET_?KEY|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i;

export function isPlaceholder(value: string): boolean {
  return placeholder.test(value.trim());
}

/** What a text holds that is secret in itself; never the text. */
export function secretForm(value: string): string | undefined {
  const found = forms.find(([form]) => form.test(value));
  if (found !== undefined) return found[1];
  const password = credentialsInAddress.exec(value)?.[1];
  return password === undefined || isPlaceholder(password) ? undefined : "a password in an address";
}

/** Whether the name says that its value is secret, and the value is one: no path, no switch, no reference. */
export function isSecretValue(name: string, value: string): boolean {
  if (!secretName.test(name) || isPlaceholder(value)) return false;
  return !/^(true|false|yes|no|on|off|\d{1,3})$/i.test(value) && !/^\.{0,2}\/|^(https?|arn|file):/.test(value);
}

/** A certificate is for everybody to see, as long as its key is not beside it. */
export function isPublicCertificate(value: string): boolean {
  return value.includes("-----BEGIN CERTIFICATE-----") && !value.includes("PRIVATE KEY");
}
