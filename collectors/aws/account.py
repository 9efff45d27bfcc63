"""The regions of an account."""

from __future__ import annotations

from collections.abc import Iterator

from collectors.aws.credentials import WHO
from collectors.aws.operations import Read
from collectors.aws.settings import ENABLED
from collectors.aws.survey import AccountSurvey
from core.plugins import collector
from core.resource import unobserved
from core.resources.aws.survey import Region

DESCRIBE_REGIONS = Read("ec2", "DescribeRegions")
OPTED_OUT = "not-opted-in"
OPT_INS = frozenset(("opt-in-not-required", "opted-in", OPTED_OUT))
"""What EC2 documents of a region and an account."""


@collector(permissions=(WHO, DESCRIBE_REGIONS))
def regions(survey: AccountSurvey) -> Iterator[Region]:
    """Every region of the account's partition, whether the account has opted in, and whether it is looked at."""
    survey.identify()
    wanted = survey.told().regions
    for found in survey.ask(DESCRIBE_REGIONS, AllRegions=True)["Regions"]:
        name, said = found["RegionName"], found.get("OptInStatus")
        opt_in = said if said in OPT_INS else unobserved(f"EC2 says {said or 'nothing'} of {name}")
        if said == OPTED_OUT:
            left_out = "the account has not opted in"
        elif said not in OPT_INS:
            left_out = f"EC2 says {said or 'nothing'} of it, and not whether the account has opted in"
        else:
            left_out = "" if wanted == ENABLED or name in wanted else "not in the configured list of regions"
        yield Region(id=name, opt_in=opt_in, looked_at=not left_out, left_out=left_out)
