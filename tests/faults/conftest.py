"""The demo house, as in the journey."""

from tests.journey.conftest import demo_folder, start_house

__all__ = ["demo_folder", "start_house"]
