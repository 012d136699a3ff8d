import { isNetworkSetting } from "./network-settings.ts";
import type { Pod } from "./pod.ts";

/**
 * The fields of a pod that are honoured, or have no meaning here (image pulls, scheduling, limits). All others are
 * rejected by name, because a pod that silently ran without them would prove nothing. docs/guide/real-pods.md describes
 * them.
 */
const honoured = {
  pod: words(
    "initContainers containers volumes restartPolicy terminationGracePeriodSeconds readinessGates securityContext",
    "serviceAccountName serviceAccount automountServiceAccountToken hostname subdomain hostAliases dnsPolicy dnsConfig",
    "enableServiceLinks imagePullSecrets",
    // Fields for the scheduler.
    "nodeName nodeSelector affinity tolerations topologySpreadConstraints schedulerName schedulingGates",
    "priority priorityClassName preemptionPolicy",
  ),
  podSecurity: words(
    "runAsUser runAsGroup runAsNonRoot fsGroup fsGroupChangePolicy supplementalGroups supplementalGroupsPolicy",
    "seccompProfile appArmorProfile seLinuxOptions sysctls",
  ),
  container: words(
    "name image imagePullPolicy command args workingDir env envFrom ports resources resizePolicy volumeMounts",
    "restartPolicy startupProbe livenessProbe readinessProbe lifecycle terminationMessagePath terminationMessagePolicy",
    "securityContext",
  ),
  containerSecurity: words(
    "runAsUser runAsGroup runAsNonRoot readOnlyRootFilesystem allowPrivilegeEscalation",
    "capabilities seccompProfile appArmorProfile seLinuxOptions",
  ),
  volume: words("name emptyDir persistentVolumeClaim secret configMap downwardAPI projected"),
  projection: words("secret configMap downwardAPI serviceAccountToken"),
  mount: words("name mountPath readOnly subPath subPathExpr mountPropagation recursiveReadOnly"),
  valueFrom: words("fieldRef resourceFieldRef secretKeyRef configMapKeyRef"),
  probe: words(
    "exec httpGet tcpSocket initialDelaySeconds periodSeconds timeoutSeconds successThreshold failureThreshold",
    "terminationGracePeriodSeconds",
  ),
  handler: words("exec httpGet tcpSocket sleep"),
  lifecycle: words("preStop postStart"),
};

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(" "));
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Returns the path of the first field that is not supported, such as `spec.containers[0].securityContext.privileged`.
 */
export function refusedField({ spec }: Pick<Pod, "spec">): string | undefined {
  const refused: string[] = [];
  const look = (value: unknown, path: string, known: readonly string[]): Fields => {
    const fields = (value ?? {}) as Fields;
    for (const [name, each] of Object.entries(fields)) {
      if (known.includes(name) || each === false || each === null || each === undefined) continue;
      refused.push(`${path}.${name}`);
    }
    return fields;
  };
  const each = (value: unknown, path: string, visit: (item: Fields, path: string) => void): void => {
    for (const [at, item] of ((value ?? []) as readonly Fields[]).entries()) visit(item, `${path}[${at}]`);
  };
  const lookAtContainer = (container: Fields, path: string, init: boolean): void => {
    look(container, path, honoured.container);
    if (!init && container["restartPolicy"] !== undefined) refused.push(`${path}.restartPolicy`);
    look(container["securityContext"], `${path}.securityContext`, honoured.containerSecurity);
    const lifecycle = look(container["lifecycle"], `${path}.lifecycle`, honoured.lifecycle);
    for (const hook of honoured.lifecycle) look(lifecycle[hook], `${path}.lifecycle.${hook}`, honoured.handler);
    for (const probe of ["startupProbe", "livenessProbe", "readinessProbe"]) {
      look(container[probe], `${path}.${probe}`, honoured.probe);
    }
    each(container["env"], `${path}.env`, (variable, at) => {
      look(variable["valueFrom"], `${at}.valueFrom`, honoured.valueFrom);
    });
    each(container["volumeMounts"], `${path}.volumeMounts`, (mount, at) => {
      look(mount, at, honoured.mount);
      if (!["None", undefined].includes(mount["mountPropagation"] as string | undefined)) {
        refused.push(`${at}.mountPropagation`);
      }
    });
  };
  const fields = look(spec, "spec", honoured.pod);
  const security = look(fields["securityContext"], "spec.securityContext", honoured.podSecurity);
  each(security["sysctls"], "spec.securityContext.sysctls", ({ name }, path) => {
    if (!isNetworkSetting(String(name))) refused.push(`${path}.name`);
  });
  each(fields["initContainers"], "spec.initContainers", (one, path) => lookAtContainer(one, path, true));
  each(fields["containers"], "spec.containers", (one, path) => lookAtContainer(one, path, false));
  each(fields["volumes"], "spec.volumes", (volume, path) => {
    look(volume, path, honoured.volume);
    const projected = (volume["projected"] ?? {}) as Fields;
    each(projected["sources"], `${path}.projected.sources`, (source, at) => void look(source, at, honoured.projection));
  });
  return refused[0];
}
