{{/*
The name of everything in the release. Like other names it is quoted wherever it
stands alone: `1234`, `12e3` and `true` are names too, and no strings in YAML.
*/}}
{{- define "mca.name" -}}
{{ .Values.webhook.name }}
{{- end -}}

{{/* The name of what is cluster-wide. */}}
{{- define "mca.clusterName" -}}
{{ .Values.webhook.name }}
{{- end -}}

{{- define "mca.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: webhook
{{- end -}}

{{- define "mca.labels" -}}
{{ include "mca.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "mca.image" -}}
{{- with .Values.image -}}
{{ .repository }}
{{- if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* The sidecar's image. */}}
{{- define "mca.proxyImage" -}}
{{ .Values.settings.proxyImage | default (include "mca.image" .) }}
{{- end -}}

{{/* The settings that go into the config file. */}}
{{- define "mca.settings" -}}
{{- with omit .Values.settings "proxyImage" -}}
{{ toYaml . }}
{{- end -}}
{{- end -}}

{{/* The Secret that the webhook keeps its certificates in. */}}
{{- define "mca.secretName" -}}
{{ include "mca.name" . }}-certificates
{{- end -}}

{{/* The Secret that is mounted; empty where the webhook reads its own by API. */}}
{{- define "mca.mountedSecret" -}}
{{- if eq .Values.certificates.source "cert-manager" -}}
{{ include "mca.name" . }}-tls
{{- else if eq .Values.certificates.source "secret" -}}
{{ required "certificates.secretName names the Secret with tls.crt and tls.key" .Values.certificates.secretName }}
{{- end -}}
{{- end -}}

{{/* Seconds from SIGTERM to SIGKILL: the drain, the grace and a little more. */}}
{{- define "mca.terminationGracePeriodSeconds" -}}
{{ add .Values.drainSeconds .Values.graceSeconds 5 }}
{{- end -}}

{{/* What a container may do: Pod Security "restricted". */}}
{{- define "mca.containerSecurityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end -}}

{{- define "mca.podSecurityContext" -}}
runAsNonRoot: true
{{- with .Values.runAsUser }}
runAsUser: {{ . }}
runAsGroup: {{ . }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}
