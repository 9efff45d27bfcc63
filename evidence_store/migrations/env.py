"""Alembic's way in: runs the migrations on the connection that `evidence_store.database.migrate` hands over."""

from alembic import context

from evidence_store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
