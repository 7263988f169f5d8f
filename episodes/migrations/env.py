"""Alembic's entry: runs the revisions on the connection that ``migrate`` hands over."""

from alembic import context

from episodes.models import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by making it anew
)
context.run_migrations()
