{{/* The namespaces that are left alone: without them no pod of the webhook waits for the webhook. */}}
{{- define "mca.namespaceExpressions" -}}
- key: kubernetes.io/metadata.name
  operator: NotIn
  values:
    {{- range append (.Values.webhook.excludedNamespaces | default list) .Release.Namespace | uniq }}
    - {{ . | quote }}
    {{- end }}
{{- with .Values.webhook.namespaceExpressions }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
What the webhooks have in common. There is no caBundle where the webhook keeps
it: a field that the chart never had is none that an upgrade takes away.
*/}}
{{- define "mca.webhook" -}}
clientConfig:
  service:
    name: {{ include "mca.name" . | quote }}
    namespace: {{ .Release.Namespace | quote }}
    path: /mutate
    port: {{ .Values.service.port }}
  {{- if eq .Values.certificates.source "secret" }}
  {{- with .Values.certificates.caBundle }}
  caBundle: {{ b64enc . }}
  {{- end }}
  {{- end }}
rules:
  - apiGroups: [""]
    apiVersions: [v1]
    operations: [CREATE]
    resources: [pods]
    scope: Namespaced
admissionReviewVersions: [v1, v1beta1]
sideEffects: None
matchPolicy: Equivalent
failurePolicy: {{ .Values.webhook.failurePolicy }}
timeoutSeconds: {{ .Values.webhook.timeoutSeconds }}
reinvocationPolicy: {{ .Values.webhook.reinvocationPolicy }}
{{- with .Values.webhook.matchConditions }}
matchConditions:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
