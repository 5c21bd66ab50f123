"""Consent to texting is given or taken back."""
