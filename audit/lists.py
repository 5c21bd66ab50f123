"""What every list of the admin shares: it is counted no further than staff can use, and some are only looked at."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

COUNT_AT_MOST = 1000


class CappedPaginator(Paginator):
    """Counts no further than a thousand rows; beyond that staff search or filter."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return rows.order_by()[:COUNT_AT_MOST].count()


class ReadOnly:
    """Kept by the services alone: nobody adds, changes or deletes here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
