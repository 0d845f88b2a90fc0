{{- define "name" -}}
{{- if .Values.fullnameOverride }}{{ .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}{{- $name := default .Chart.Name .Values.nameOverride }}
{{- ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "controllerName" -}}
{{ printf "%s-%s" (include "name" .) .Values.controller.name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "accountName" -}}
{{ default (include "name" .) .Values.controller.serviceAccount.name }}
{{- end }}

{{- define "selector" -}}
{{- if .Values.controller.selectorLabels }}{{ toYaml .Values.controller.selectorLabels }}
{{- else -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}
{{- end }}

{{- define "labels" -}}
labels:
  helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
  app.kubernetes.io/name: {{ .Chart.Name }}
  app.kubernetes.io/instance: {{ .Release.Name }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "annotations" -}}
annotations:
  sandbox.aks-platform/stands-in-for: {{ .Chart.Name }}@{{ .Chart.Version }}
{{- end }}

{{- define "metadata" -}}
namespace: {{ .Release.Namespace }}
{{ include "labels" . }}
{{ include "annotations" . }}
{{- end }}
