"""What every part of a stack file has in common: loading, problems, redaction, schema, reference.

The only place that reads Pulumi's config. It knows no area: what a stack may say of one is in `components`.
"""
