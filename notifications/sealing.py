"""Codes and links that open a door: encrypted in the row, in clear only inside the message itself."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.MFA_KEYS])


def seal(secret: str) -> bytes:
    return _box().encrypt(secret.encode())


def unseal(sealed: bytes | memoryview) -> str:
    """The secret; ValueError when none of the keys fits."""
    try:
        return _box().decrypt(bytes(sealed)).decode()
    except InvalidToken as error:
        raise ValueError("No key in MFA_KEYS opens this secret.") from error
