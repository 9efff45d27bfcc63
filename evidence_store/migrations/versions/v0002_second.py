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
