"""One file per command: parse, call one function below, print. No logic of its own."""
