"""Alembic's entry: works on the connection that hub.database has opened, inside its transaction."""

from alembic import context

from hub.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
