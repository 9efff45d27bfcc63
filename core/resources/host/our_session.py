"""Our own visit, as the host that we visited recorded it."""

from __future__ import annotations

from core.resource import Resource, resource


@resource("host_our_session")
class OurSession(Resource):
    """What the host's own log says about the session in which it was asked. One for each host.

    We know for certain that somebody signed in and used sudo just now: whether the log knows it too shows that the log
    works, from the program that writes to the place where it is kept.
    """

    id: str
    remote: bool
    """We came through SSH. Else there was no sign-in to record."""
    log: str
    """Where we looked: `journal` or a file; empty where there is neither, and without a sign-in."""
    login_recorded: bool
    """The log names this very connection, by address and port."""
    elevated: bool
    """We used sudo."""
    elevation_recorded: bool
