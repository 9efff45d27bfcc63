"""What AWS shows, one file per service."""
