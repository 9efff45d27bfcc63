"""Permission sets: an administrator's, one that is given to a single person, and one that nobody has; and somebody in a
group."""

from __future__ import annotations

from tests.collectors.aws.estate.iam import allow, document
from tests.collectors.aws.server import Canned
from tests.collectors.aws.world import Maker

ANSWERS = {"sso-admin:GetPermissionsBoundaryForPermissionSet": Canned({})}
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def populate(aws: Maker) -> None:
    center = aws.client("sso-admin")
    found = center.list_instances()["Instances"][0]
    instance = found["InstanceArn"]
    store, kept = aws.client("identitystore"), {"IdentityStoreId": found["IdentityStoreId"]}
    ada = store.create_user(
        **kept, UserName="ada", DisplayName="Ada", Name={"GivenName": "Ada", "FamilyName": "Lovelace"},
        Emails=[{"Value": "ada@example.org", "Primary": True}], PhoneNumbers=[{"Value": "+1 555 0100"}],
    )  # fmt: skip
    staff = store.create_group(**kept, DisplayName="staff")
    store.create_group_membership(**kept, GroupId=staff["GroupId"], MemberId={"UserId": ada["UserId"]})
    made = {
        name: {
            "InstanceArn": instance,
            "PermissionSetArn": center.create_permission_set(InstanceArn=instance, Name=name, SessionDuration=duration)[
                "PermissionSet"
            ]["PermissionSetArn"],
        }
        for name, duration in {"Administrator": "PT4H", "Reader": "PT1H", "Custom": "PT1H", "Idle": "PT12H"}.items()
    }
    center.attach_managed_policy_to_permission_set(**made["Administrator"], ManagedPolicyArn=ADMINISTRATOR)
    center.put_inline_policy_to_permission_set(**made["Reader"], InlinePolicy=document(allow("s3:Get*")))
    center.attach_customer_managed_policy_reference_to_permission_set(
        **made["Custom"], CustomerManagedPolicyReference={"Name": "everything", "Path": "/"}
    )
    for name, kind in {"Administrator": "GROUP", "Reader": "USER", "Custom": "GROUP"}.items():
        center.create_account_assignment(
            **made[name],
            TargetId=aws.account,
            TargetType="AWS_ACCOUNT",
            PrincipalType=kind,
            PrincipalId="f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        )
        center.provision_permission_set(**made[name], TargetType="AWS_ACCOUNT", TargetId=aws.account)
