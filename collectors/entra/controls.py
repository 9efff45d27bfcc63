"""What a policy of Conditional Access demands, read strictly: what is not known may be no more than a password.

https://learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols. A control that is not known
raises `RestError` unless the others decide.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from collectors.entra.source import part_or_none, text_or_none, texts_of, texts_or_none
from collectors.rest_answers import Fields, RestError

BLOCK = "block"
DEVICES = frozenset({"compliantDevice", "domainJoinedDevice"})
WEAK = frozenset({"approvedApplication", "compliantApplication", "passwordChange"})
RESISTANT = frozenset({"fido2", "windowsHelloForBusiness", "x509CertificateMultiFactor"})
PHISHED = frozenset({
    "password", "voice", "sms", "hardwareOath", "softwareOath", "microsoftAuthenticatorPush", "deviceBasedPush",
    "temporaryAccessPassOneTime", "temporaryAccessPassMultiUse", "email", "federatedSingleFactor",
    "federatedMultiFactor", "x509CertificateSingleFactor", "qrCodePin",
})  # fmt: skip
"""Words of `allowedCombinations` (https://learn.microsoft.com/graph/api/resources/authenticationstrengthpolicy)."""
KNOWN = WEAK | DEVICES | {BLOCK, "mfa"}
Strengths = Callable[[], Mapping[str, Fields]]


@dataclass(frozen=True)
class Controls:
    """The controls by which a policy lets in. `strengths` are the authentication strengths by id."""

    grant: Fields
    strengths: Strengths

    @property
    def blocks(self) -> bool:
        words = texts_of(self.grant, "builtInControls")
        if unknown := sorted({*words} - KNOWN):
            raise RestError(f"{', '.join(unknown)} is not known here as a control of a policy")
        return BLOCK in words

    @property
    def second_factor(self) -> bool:
        return self._demands(lambda word: word == "mfa", self._is_second_factor)

    @property
    def phishing_resistant(self) -> bool:
        return self._demands(lambda _: False, self._resists_phishing)

    @property
    def managed_device(self) -> bool:
        return self._demands(lambda word: word in DEVICES, lambda _: False, custom=False)

    def _demands(
        self, meets: Callable[[str], bool], strength: Callable[[Fields], bool], *, custom: bool = True
    ) -> bool:
        """Whether nobody comes in without this: by one of controls that are all needed, or by each of alternatives.

        `custom`: what a control of somebody else's demands is not known.
        """
        found: list[bool | None] = [
            True if meets(word) else False if word in KNOWN else None
            for word in texts_of(self.grant, "builtInControls")
        ]
        found += [None if custom else False for _ in texts_or_none(self.grant, "customAuthenticationFactors")]
        found += [False for _ in texts_or_none(self.grant, "termsOfUse")]
        hidden = RestError("a policy demands a control that is not known here")
        if demanded := part_or_none(self.grant, "authenticationStrength"):
            try:
                found.append(strength(demanded))
            except RestError as error:
                found.append(None)
                hidden = error
        return self._together(found, hidden)

    def _together(self, found: list[bool | None], hidden: RestError) -> bool:
        operator = text_or_none(self.grant, "operator")
        if len(found) > 1 and operator not in ("AND", "OR"):
            raise RestError(f"{operator or 'nothing'} is not known here as what joins the controls of a policy")
        decides = operator != "OR" or len(found) == 1  # one that is met decides where all are needed
        if decides in found:
            return decides
        if None in found:
            raise hidden
        return bool(found) and not decides

    def _strength(self, demanded: Fields) -> Fields:
        """A strength as the policy shows it, or as the list of them does where the policy only names it."""
        if "allowedCombinations" in demanded and "requirementsSatisfied" in demanded:
            return demanded
        if found := self.strengths().get(demanded.text("id")):
            return found
        raise RestError("the authentication strength that a policy demands is not shown to us")

    def _is_second_factor(self, demanded: Fields) -> bool:
        said = self._strength(demanded).text("requirementsSatisfied")
        if said not in ("none", "mfa"):
            raise RestError(f"{said} is not known here as what an authentication strength satisfies")
        return said == "mfa"

    def _resists_phishing(self, demanded: Fields) -> bool:
        allowed = self._strength(demanded).texts("allowedCombinations")
        combinations = [frozenset(each.split(",")) for each in allowed]
        if any(not each & RESISTANT and each <= PHISHED for each in combinations):
            return False
        if unknown := sorted(set().union(*combinations) - RESISTANT - PHISHED):
            raise RestError(f"{', '.join(unknown)} is not known here as a way to sign in")
        return bool(combinations)
