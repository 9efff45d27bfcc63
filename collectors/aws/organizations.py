"""The accounts of an organization."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from collectors.aws.credentials import WHO
from collectors.aws.operations import Read
from collectors.aws.settings import AccountFilter
from collectors.aws.survey import OrganizationSurvey
from core.plugins import collector
from core.resources.aws.survey import MemberAccount

DESCRIBE_ORGANIZATION = Read("organizations", "DescribeOrganization")
LIST_ACCOUNTS = Read("organizations", "ListAccounts")
ACCOUNTS_OF = Read("organizations", "ListAccountsForParent")
UNITS_OF = Read("organizations", "ListOrganizationalUnitsForParent")
TAGS_OF = Read("organizations", "ListTagsForResource")


@collector(permissions=(WHO, DESCRIBE_ORGANIZATION, LIST_ACCOUNTS, ACCOUNTS_OF, UNITS_OF, TAGS_OF))
def accounts(survey: OrganizationSurvey) -> Iterator[MemberAccount]:
    """Every account of the organization, and whether it is looked at. Units and tags are asked for only where the
    configuration chooses by them."""
    survey.identify()
    told = survey.told()
    management = survey.ask(DESCRIBE_ORGANIZATION)["Organization"]["MasterAccountId"]
    include, exclude = _Chosen.by(told.include, survey), _Chosen.by(told.exclude, survey)
    for found in survey.pages(LIST_ACCOUNTS, "Accounts"):
        number = found["Id"]
        tags = _tags(survey, number) if told.include.tags or told.exclude.tags else {}
        if found["Status"] != "ACTIVE":
            left_out = f"its status is {found['Status']}"
        elif exclude.has(number, tags):
            left_out = "excluded by the configuration"
        elif not told.include.empty and not include.has(number, tags):
            left_out = "not included by the configuration"
        else:
            left_out = ""
        yield MemberAccount(
            id=number,
            name=found["Name"],
            arn=found["Arn"],
            status=found["Status"],
            joined=found["JoinedMethod"],
            is_management_account=number == management,
            looked_at=not left_out,
            left_out=left_out,
        )


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The accounts that one filter means."""

    numbers: frozenset[str]
    tags: Mapping[str, str]

    @classmethod
    def by(cls, chosen: AccountFilter, survey: OrganizationSurvey) -> _Chosen:
        below = {number for unit in chosen.units for number in _accounts_below(survey, unit)}
        return cls(frozenset({*chosen.ids, *below}), chosen.tags)

    def has(self, number: str, tags: Mapping[str, str]) -> bool:
        return number in self.numbers or any(tags.get(name) == value for name, value in self.tags.items())


def _accounts_below(survey: OrganizationSurvey, unit: str) -> Iterator[str]:
    for found in survey.pages(ACCOUNTS_OF, "Accounts", ParentId=unit):
        yield found["Id"]
    for inner in survey.pages(UNITS_OF, "OrganizationalUnits", ParentId=unit):
        yield from _accounts_below(survey, inner["Id"])


def _tags(survey: OrganizationSurvey, number: str) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in survey.pages(TAGS_OF, "Tags", ResourceId=number)}
