"""Directories: one as it should be, one as it comes, a simple one and a connector."""

from __future__ import annotations

from tests.collectors.aws.world import Maker

GOOD = ("AES_128_128", "AES_256_256", "TLS_1_2")


def populate(aws: Maker) -> None:
    directories, network = aws.client("ds"), aws.client("ec2")
    default = network.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]
    found = network.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [default]}])["Subnets"]
    subnets = sorted(each["SubnetId"] for each in sorted(found, key=lambda each: str(each["AvailabilityZone"]))[:2])
    where = {"VpcId": default, "SubnetIds": subnets}
    tidy, plain = (
        directories.create_microsoft_ad(Name=f"{name}.example.com", Password="Passw0rd!", VpcSettings=where)[
            "DirectoryId"
        ]
        for name in ("tidy", "plain")
    )
    directories.create_directory(Name="simple.example.com", Password="Passw0rd!", Size="Small", VpcSettings=where)
    connector = directories.connect_directory(
        Name="own.example.com",
        Password="Passw0rd!",
        Size="Small",
        ConnectSettings={**where, "CustomerDnsIps": ["10.0.0.1"], "CustomerUserName": "reader"},
    )["DirectoryId"]
    directories.create_log_subscription(DirectoryId=tidy, LogGroupName="/aws/directoryservice/tidy")
    directories.enable_ldaps(DirectoryId=tidy, Type="Client")
    for number, protocol in {tidy: "MS-CHAPv2", connector: "PAP"}.items():
        directories.enable_radius(
            DirectoryId=number,
            RadiusSettings={
                "RadiusServers": ["10.0.0.2"],
                "RadiusPort": 1812,
                "RadiusTimeout": 5,
                "RadiusRetries": 1,
                "SharedSecret": "between-us-two",
                "AuthenticationProtocol": protocol,
            },
        )
    weak = [
        {"Name": each["Name"], "Value": "Disable"}
        for each in directories.describe_settings(DirectoryId=plain)["SettingEntries"]
        if each["Type"] in ("Protocol", "Cipher") and each["Name"] not in GOOD
    ]
    directories.update_settings(DirectoryId=tidy, Settings=weak)
