"""
Operations of migrations on tables that the old version reads and writes meanwhile.

PostgreSQL builds these indexes without keeping anybody from the table; a migration of them has `atomic = False` and
holds nothing else. One that was broken off is run again: what it left of an index is dropped first.
"""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


def _forget(editor: BaseDatabaseSchemaEditor, name: str) -> None:
    concurrently = "CONCURRENTLY " if editor.connection.vendor == "postgresql" else ""
    editor.execute(f"DROP INDEX {concurrently}IF EXISTS {editor.quote_name(name)}", params=None)


class AddIndexOnline(migrations.AddIndex):
    """`AddIndex` beside the work of others."""

    index: models.Index

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        _forget(schema_editor, self.index.name)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.add_index(model, self.index, concurrently=True)
        else:
            schema_editor.add_index(model, self.index)


class AddUniqueOnline(migrations.AddConstraint):
    """`AddConstraint` beside the work of others, for a rule that is a unique index: one with a condition."""

    constraint: models.UniqueConstraint

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        _forget(schema_editor, self.constraint.name)
        if schema_editor.connection.vendor == "postgresql":
            sql = str(self.constraint.create_sql(model, schema_editor))
            online = sql.replace("CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY", 1)
            schema_editor.execute(online, params=None)
        else:
            schema_editor.add_constraint(model, self.constraint)
