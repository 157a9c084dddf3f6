"""What is wrong with a message, in the words that a receipt has for it (RFC 4130 section 7.5, and its revision)."""

AUTHENTICATION = "authentication-failed"
DECOMPRESSION = "decompression-failed"
DECRYPTION = "decryption-failed"
INSUFFICIENT = "insufficient-message-security"
INTEGRITY = "integrity-check-failed"
MESSAGE_ID = "invalid-message-id"
UNEXPECTED = "unexpected-processing-error"
UNKNOWN = "unknown-trading-relationship"

UNSUPPORTED_FORMAT = "unsupported format"
UNSUPPORTED_MIC = "unsupported MIC-algorithms"

_FAILURES = frozenset({UNSUPPORTED_FORMAT, UNSUPPORTED_MIC})


class Fault(Exception):
    """A message that cannot be taken. `modifier` is one of the words above; `words` are for people on both sides."""

    def __init__(self, modifier: str, words: str):
        super().__init__(words)
        self.modifier, self.words = modifier, words

    @property
    def disposition(self) -> str:
        """As it stands in the receipt (RFC 4130 sections 7.5.3 and 7.5.4)."""
        return f"{'failed/failure' if self.modifier in _FAILURES else 'processed/error'}: {self.modifier}"
