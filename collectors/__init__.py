"""Look. One package per provider; importing one must not import another, nor any SDK that is not its own."""
