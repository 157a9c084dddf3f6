"""The REST API under /api/v1/: one file per resource, each call authorized by a scoped key and handed to one verb of
the flow. Errors are problem+json (RFC 9457), writes take an Idempotency-Key, lists are keyset pages."""
