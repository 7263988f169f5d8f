"""Alembic's entry point: run the revisions on the connection passed by ``migrate``."""

from alembic import context

from episodes.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by recreating it
)
context.run_migrations()
