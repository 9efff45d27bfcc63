"""Checks of CloudFront: what goes to viewers and what comes from origins is protected, filtered and recorded."""

from __future__ import annotations

from checks.cloud.encryption import is_strong_tls
from core.model import Severity, Verdict, failed, not_applicable, passed
from core.plugins import check
from core.resources.aws.cloudfront import Distribution


@check(objective="use-is-logged", severity=Severity.MEDIUM)
def distribution_logs_requests(distribution: Distribution) -> Verdict:
    """A distribution records the requests that it gets.

    The edge is where visitors come in: behind it, all of them look like CloudFront. Files in a bucket, deliveries of
    CloudWatch Logs and real-time logs count.

    Remediation: *CloudFront*, the distribution, *Logging*, *Create log delivery*.
    """
    if not distribution.enabled:
        return not_applicable(f"{distribution.name} is switched off")
    if distribution.logs:
        return passed(f"{distribution.name} records requests into {', '.join(distribution.logs)}")
    return failed(f"{distribution.name} records no requests")


@check(objective="data-in-transit-is-protected", severity=Severity.HIGH)
def viewers_use_tls(distribution: Distribution) -> Verdict:
    """A distribution delivers nothing by plain HTTP.

    Whoever sits in between reads and changes what goes by HTTP.

    Remediation: Set *Viewer protocol policy* to *Redirect HTTP to HTTPS* or *HTTPS only*, in each behavior.
    """
    if distribution.plain_paths:
        return failed(f"{distribution.name} delivers by plain HTTP: {', '.join(distribution.plain_paths)}")
    return passed(f"{distribution.name} delivers nothing by plain HTTP")


@check(objective="cryptography-is-strong", severity=Severity.MEDIUM)
def distribution_accepts_strong_tls(distribution: Distribution) -> Verdict:
    """A distribution accepts TLS 1.2 and later only.

    Earlier versions can be broken, and who sits in between can choose them. With the certificate of AWS
    one cannot choose.

    Remediation: Take a certificate of your own, and the security policy `TLSv1.2_2021` or a later one.
    """
    if not distribution.own_certificate:
        return failed(f"{distribution.name} has the certificate of AWS, which comes with {distribution.minimum_tls}")
    if is_strong_tls(distribution.minimum_tls):
        return passed(f"{distribution.name} accepts {distribution.minimum_tls} and later")
    return failed(f"{distribution.name} accepts {distribution.minimum_tls} and later")


@check(objective="data-in-transit-is-protected", severity=Severity.MEDIUM)
def origins_are_asked_with_tls(distribution: Distribution) -> Verdict:
    """A distribution asks its origins with TLS.

    What is encrypted for the viewer must not travel openly on the second half of its way. Buckets, and origins with
    *Match viewer*, are asked as the viewer asks.

    Remediation: Set *Protocol* of the origin to *HTTPS only*.
    """
    plain = [
        f"{each.id} ({each.protocol or 'as the viewer asks'})"
        for each in distribution.origins
        if each.protocol == "http-only" or (each.protocol != "https-only" and distribution.plain_paths)
    ]
    if plain:
        return failed(f"{distribution.name} asks without TLS: {', '.join(plain)}")
    return passed(f"{distribution.name} asks {len(distribution.origins)} origins with TLS only")


@check(objective="cryptography-is-strong", severity=Severity.LOW)
def origins_are_asked_with_strong_tls(distribution: Distribution) -> Verdict:
    """A distribution uses TLS 1.2 towards its origins, and nothing earlier.

    Who sits in between can choose the weakest version that both sides know.

    Remediation: Leave only `TLSv1.2` below *Minimum origin SSL protocol*.
    """
    asked = [each for each in distribution.origins if each.protocol not in ("", "http-only")]
    if not asked:
        return not_applicable(f"{distribution.name} has no origin for which a version can be chosen")
    weak = [f"{version} for {each.id}" for each in asked for version in each.tls if not is_strong_tls(version)]
    if weak:
        return failed(f"{distribution.name} may use {', '.join(weak)}")
    return passed(f"{distribution.name} uses nothing earlier than TLS 1.2")


@check(objective="data-is-not-public", severity=Severity.MEDIUM)
def buckets_let_in_only_the_distribution(distribution: Distribution) -> Verdict:
    """A distribution proves to its buckets who it is.

    Otherwise the bucket must be public, and everybody can go around the distribution, its filter and its log.

    Remediation: Give the origin an *Origin access control*, and let the bucket policy name the distribution.
    """
    buckets = [each for each in distribution.origins if each.is_bucket]
    if not buckets:
        return not_applicable(f"{distribution.name} delivers from no bucket")
    bare = [each.domain for each in buckets if not each.is_guarded]
    if bare:
        return failed(f"{distribution.name} asks as anybody could: {', '.join(bare)}")
    return passed(f"{distribution.name} proves who it is to {', '.join(each.domain for each in buckets)}")


@check(objective="services-survive-failures", severity=Severity.LOW)
def origins_fail_over(distribution: Distribution) -> Verdict:
    """A distribution has a second origin for when the first fails.

    Where the only origin is down, so is everything that the edge has not kept.

    Remediation: Make an origin group with both origins, and name it in the behavior.
    """
    if not distribution.enabled:
        return not_applicable(f"{distribution.name} is switched off")
    if distribution.fails_over:
        return passed(f"{distribution.name} has a group of origins")
    return failed(f"{distribution.name} has no group of origins")


@check(objective="sensitive-fields-are-hidden", severity=Severity.LOW)
def sensitive_fields_are_encrypted(distribution: Distribution, *, needed: tuple[str, ...] = ()) -> Verdict:
    """A distribution that takes in sensitive fields encrypts them at the edge.

    Only the application that needs a card's number should be able to read it, not everything on the way. Name the
    distributions that take in such fields in the setting `needed`, by name or ARN.

    Remediation: *CloudFront*, *Field-level encryption*: a profile with the fields, named in the behavior.
    """
    if distribution.encrypts_fields:
        return passed(f"{distribution.name} encrypts fields")
    if not {distribution.id, distribution.name} & set(needed):
        return not_applicable(f"nobody said that {distribution.name} takes in sensitive fields")
    return failed(f"{distribution.name} encrypts no fields")


@check(objective="traffic-is-filtered", severity=Severity.MEDIUM)
def distribution_has_a_web_acl(distribution: Distribution) -> Verdict:
    """A distribution is behind a web ACL.

    Scanners and known attacks are turned away at the edge, before they cost anything.

    Remediation: *CloudFront*, the distribution, *Security*, enable protections.
    """
    if not distribution.enabled:
        return not_applicable(f"{distribution.name} is switched off")
    if distribution.web_acl:
        return passed(f"{distribution.name} is behind {distribution.web_acl}")
    return failed(f"{distribution.name} is behind no web ACL")


@check(objective="systems-are-hardened", severity=Severity.LOW)
def distribution_has_a_root_object(distribution: Distribution) -> Verdict:
    """A distribution that delivers from a bucket says what its root is.

    Without it, the request for `/` may be answered with the list of what is in the bucket.

    Remediation: `aws cloudfront update-distribution`, `DefaultRootObject` to `index.html`.
    """
    if not any(each.is_bucket for each in distribution.origins):
        return not_applicable(f"{distribution.name} delivers from no bucket")
    if distribution.root_object:
        return passed(f"{distribution.name} answers / with {distribution.root_object}")
    return failed(f"{distribution.name} does not say what / is")
