"""Where packs lie: in a folder, or in a bucket. The one place besides collectors that may know a vendor's SDK."""
