"""
Codes and links that open a door: encrypted in the row, in clear only inside the message itself. And files that came by
mail, until they are taken.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.MFA_KEYS])


def seal(secret: str | bytes) -> bytes:
    return _box().encrypt(secret.encode() if isinstance(secret, str) else secret)


def unseal(sealed: bytes | memoryview) -> str:
    """The secret; ValueError when none of the keys fits."""
    return unseal_bytes(sealed).decode()


def unseal_bytes(sealed: bytes | memoryview) -> bytes:
    try:
        return _box().decrypt(bytes(sealed))
    except InvalidToken as error:
        raise ValueError("No key in MFA_KEYS opens this secret.") from error
