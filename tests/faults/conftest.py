"""The demo house, as in the journey."""

from tests.journey.conftest import back_end, demo_folder, shared_folder, start_house

__all__ = ["back_end", "demo_folder", "shared_folder", "start_house"]
