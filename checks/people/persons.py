"""Who is in a list of people: what their accounts are called, whose work has begun and not ended, whose an account is.

An account is somebody's when its login or its e-mail address is, in whole and in any case, one of the logins or the
e-mail address that the list gives for that person. Nothing is guessed from names, or from a part of an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from unicodedata import normalize

from core.population import Population
from core.resource import NotObservedError, Resource, missing_fields
from core.resources.people import Person

PERSON_FIELDS = ("email", "logins")
NO_LIST = "no list of people is looked at"


def words_of_person(person: Person) -> Iterator[str]:
    """What accounts of a person are called. Raises `NotObservedError` at the end when a part was not observed."""
    return words_in(person, *PERSON_FIELDS)


def observed_words(person: Person) -> list[str]:
    """The same, as far as it was observed."""
    hidden = missing_fields(person)
    return [*words_in(person, *(field for field in PERSON_FIELDS if field not in hidden))]


def word(text: str) -> str:
    """A login or an address as it is compared, however its letters are composed."""
    return normalize("NFKC", normalize("NFKC", text).casefold()).strip()


def words_in(seen: Resource, *fields: str) -> Iterator[str]:
    """What stands in these fields, as it is compared. Raises `NotObservedError` at the end when one was not seen."""
    hidden = missing_fields(seen)
    for name in sorted(fields, key=hidden.__contains__):  # what is hidden comes last, and hides nothing else
        value: str | tuple[str, ...] = getattr(seen, name)
        yield from filter(None, map(word, (value,) if isinstance(value, str) else value))


def called(person: Person) -> str:
    """The name, which people know; the id where there is none."""
    return person.id if "name" in missing_fields(person) else person.name or person.id


def has_left(person: Person, day: date) -> bool:
    """The last day still counts. Who never came has left, too."""
    return person.end is not None and (person.end < day or never_came(person))


def is_here(person: Person, day: date) -> bool:
    """The work of this person has begun, as far as the list gives a first day, and has not ended."""
    begun = "start" in missing_fields(person) or person.start is None or person.start <= day
    return begun and not has_left(person, day)


def never_came(person: Person) -> bool:
    """The list ends the work of this person before it began."""
    if person.end is None or "start" in missing_fields(person) or person.start is None:
        return False
    return person.end < person.start


def left(person: Person) -> str:
    """That somebody left, in words."""
    if never_came(person):
        return f"{called(person)} never came: the first day was to be {person.start}, and the list ends on {person.end}"
    return f"{called(person)} left on {person.end}"


def owners(words: Iterable[str], people: Population[Person], day: date) -> list[Person]:
    """Those whose account this is: who is still here, or else who has left; none when nobody in any list has it.

    Raises `NotObservedError` when nobody was found and not all could be compared.
    """
    found: dict[tuple[str, str], Person] = {}
    try:
        for each in words:
            found |= {(source, one.id): one for source, one in people.having(each, words_of_person)}
    except NotObservedError:
        if not found:
            raise
    if not found:
        people.require_all(words_of_person)
    here = {key: one for key, one in found.items() if not has_left(one, day)} or found
    return _told_apart([(source, one) for (source, _), one in here.items()])


def _told_apart(found: Iterable[tuple[str, Person]]) -> list[Person]:
    """The same without whom another list has as well: several lists may name one person, with one e-mail address."""
    kept: list[tuple[str, str, Person]] = []
    for source, one in found:
        address = "" if "email" in missing_fields(one) else word(one.email)
        if not any(other != source and address and address == known for other, known, _ in kept):
            kept.append((source, address, one))
    return [one for _, _, one in kept]
