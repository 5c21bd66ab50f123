"""Forms of pages that compose several apps: the officer's desk."""
