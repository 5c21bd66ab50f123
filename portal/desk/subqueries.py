"""Several lists or counts in one question: what a page of many parts asks the database for at once."""

from typing import Any

from django.db.models import IntegerField, JSONField, QuerySet, Subquery
from django.db.models.functions import JSONObject


class Rows(Subquery):
    """The rows of a query as one JSON list, each an object of the named fields."""

    output_field = JSONField()
    empty_result_set_value = "[]"  # of a query that can have no rows, such as one about no loans
    template = "(SELECT json_group_array(json(listed.listed_row)) FROM (%(subquery)s) AS listed)"

    def __init__(self, rows: QuerySet[Any], *names: str, **paths: str) -> None:
        fields = {**{name: name for name in names}, **paths}
        super().__init__(rows.annotate(listed_row=JSONObject(**fields)).values("listed_row"))

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        gathered = "(SELECT coalesce(jsonb_agg(listed.listed_row), '[]') FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=gathered, **extra)


class Counted(Subquery):
    """How many rows a query gives; sliced, it counts no further than the slice."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()
