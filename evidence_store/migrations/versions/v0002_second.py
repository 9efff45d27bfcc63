"""The second format. Frames of blobs may be differences to another blob."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Null for a frame that stands for itself, as all did in the first format.
    op.add_column("blob", sa.Column("base", sa.LargeBinary(32), nullable=True))
    # What a source showed last is asked for at once, and not for each of the thousand kinds and scopes it may have.
    op.create_index("coverage_by_leaf", "coverage", ["source", "position"])
    # Packs may lie in a bucket: what was put there, and as which version of its name.
    op.create_table(
        "upload",
        sa.Column("pack", sa.String(80), primary_key=True),
        sa.Column("length", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("checksum", sa.String(100), nullable=False),
        sa.Column("version", sa.String(1024), nullable=False),
    )
    # Derived, so that a question about what was thrown away finds the leaf that says so, and disposal finds the holds.
    op.create_table(
        "disposal",
        sa.Column("what", sa.String(12), primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("before", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "legal_hold",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("since", sa.String(32), nullable=False),
        sa.Column("until", sa.String(32), nullable=False),
        sa.Column("released", sa.BigInteger, nullable=True),
    )
    # The keys of people lie outside the log, so that destroying one erases somebody and breaks no seal; `erasure` is
    # derived from the leaves that say whose was destroyed.
    op.create_table(
        "person",
        sa.Column("subject", sa.LargeBinary(12), primary_key=True),
        sa.Column("lookup", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("wrapped", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "erasure",
        sa.Column("subject", sa.LargeBinary(12), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    # These two stay the last, so that they reach every column and table there is.
    if op.get_bind().dialect.name == "postgresql":
        _text_by_its_bytes()
    _append_only()


APPEND_ONLY = ("leaf", "node", "entry", "checkpoint", "stamp", "publication")
"""What is sealed, or came from outside to vouch for it. Nothing of ours changes or removes a row there."""


def _text_by_its_bytes() -> None:
    """Text without a longest length, in the order of its bytes: as SQLite has it, whatever the database was made with.

    An order that follows a language changes with the libraries of the server, and breaks its indexes when it does.
    """
    columns = op.get_bind().execute(
        sa.text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            "AND data_type IN ('text', 'character varying') AND table_name != 'alembic_version' ORDER BY 1, 2"
        )
    )
    for table, column in columns.all():
        op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE text COLLATE "C"')


def _append_only() -> None:
    """Whoever changes or removes such a row by accident is stopped. Who owns the tables can take the triggers away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'object_not_in_prerequisite_state'; "
            "END $$"
        )
    for table in APPEND_ONLY:
        if op.get_bind().dialect.name == "postgresql":
            op.execute(
                f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        else:
            for change in ("update", "delete"):
                op.execute(
                    f"CREATE TRIGGER {table}_no_{change} BEFORE {change.upper()} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
