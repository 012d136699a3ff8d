/** Texts in place of a value: a marker that a person or program replaces, or a reference to the value. */
const markers: readonly RegExp[] = [
  /^$|^<.*>$|^\[.*\]$|^\(\(.*\)\)$|^(x+|\*+|\.+|-+|_+|#+|\?+|~)$/i,
  // Variables, expressions and templates of shells, Kubernetes, Helm, Grafana, Ansible, Octopus, Windows and CI
  // systems.
  /\$\{[^}]*\}|\$\([^)]*\)|`[^`]*`|\{\{.*\}\}|\{%.*%\}|<%.*%>|<path:[^>]+>|^\$\w+$|^\$\$\w+$|\$__(file|env|vault)\{|^%\w+%$|^#\{.*\}#?$|^@@.*@@$|^__\w+__$|^@[A-Z]\w+\(|^\{[A-Za-z_]\w*\}$|^\?\{.*\}$/,
  // Encrypted values and references to secret stores.
  /^(ENC|enc)[[(]|^\{cipher\}|^!(vault|ref|secret|env)\b|^(vault|ref\+?[a-z]*|awssm|awsps|awskms|gcpsm|azkv|sm|op|secretref|env|file|file-content|k8s|kms):/,
  /change[-_ ]?me[-_ ]?(?=<)|replace[-_ ]?(me|this|with|by)|^replace[-_ ]|\b(goes|put|insert|enter|paste|fill)[-_ ](it |in |your |the )?[-_ ]?\w*[-_ ]?here|[-_ ]here$|x{4,}|\*{3,}|placeholder|redacted|\byour[-_ ]|^your[A-Z]|^(insert|enter|paste|fill|put)[-_ ]/i,
  /^(todo|tbd|fixme|none|null|nil|n\/?a|undefined|empty|unset|blank|dummy|fake|mock|unused|not[-_ ]?(used|set|needed|required)|example|sample|optional|required|disabled|ignored?)$/i,
  /^(dummy|fake|mock|example|sample)[-_ ]|[-_ ](dummy|fake|example|placeholder)$|EXAMPLE(KEY)?$/,
];

/** Returns whether a value is clearly not a credential. */
export function isPlaceholder(value: string): boolean {
  const plain = value.trim();
  return markers.some((marker) => marker.test(plain));
}

/** Returns whether a value is a default that should be changed. Until then, it is a real credential. */
export function isUnchangedDefault(value: string): boolean {
  return /change[-_ ]?(me|it|this)|^(please[-_ ])?change[-_ ]/i.test(value.trim());
}
