"""Sign-ins that are under way."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.sandbox.world.numbers import digest


@dataclass(slots=True)
class SentCode:
    """A login code that somebody asked for."""

    phone: str
    """Digits only."""
    expired: bool = False


@dataclass(slots=True)
class Codes:
    """What the server remembers between the steps of signing in."""

    sent: dict[str, SentCode] = field(default_factory=dict)
    """By `phone_code_hash`."""
    password_wanted: dict[int, int] = field(default_factory=dict)
    """User ids by the ids of the keys that gave the right code and still owe the password."""
    exported: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    """The user id and the data centre of authorizations on their way there, by their bytes."""
    exports: int = 0
    """How many there ever were."""

    def send(self, phone: str) -> str:
        """Remember that a code was sent; the codes sent to this phone before are of no more use."""
        for code in self.sent.values():
            code.expired = code.expired or code.phone == phone
        phone_code_hash = digest("code", phone, len(self.sent), size=9).hex()
        self.sent[phone_code_hash] = SentCode(phone)
        return phone_code_hash

    def export(self, user_id: int, dc_id: int) -> bytes:
        """Bytes with which a key of that data centre can be signed in, once."""
        self.exports += 1
        secret = digest("export", user_id, dc_id, self.exports, size=32)
        self.exported[secret] = user_id, dc_id
        return secret

    def expire(self) -> None:
        """Make every code too old."""
        for code in self.sent.values():
            code.expired = True
