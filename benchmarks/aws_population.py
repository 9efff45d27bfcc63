"""An estate of one company in moto's server: two regions, some 2,450 things, good and bad, the same each time.

`populate` makes it at any scale; what moto cannot make is left out and counted.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

REGIONS = ("us-east-1", "eu-west-1")
HOME = REGIONS[0]
ACCOUNT = "123456789012"
"""moto's own account."""
STRANGER = "arn:aws:iam::999999999999:root"
VERSION = "2012-10-17"


@dataclass(slots=True)
class Estate:
    """The estate while it is made: what there is of each kind, and what could not be made, by the reason."""

    address: str
    scale: float
    made: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    keys: dict[str, list[str]] = field(default_factory=lambda: {region: [] for region in REGIONS})
    buckets: dict[str, list[str]] = field(default_factory=lambda: {region: [] for region in REGIONS})
    policies: list[str] = field(default_factory=list)
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str = HOME) -> Any:
        if (service, region) not in self._clients:
            any_service: Any = service  # the stubs have a type for each
            self._clients[service, region] = boto3.client(
                any_service,
                region_name=region,
                endpoint_url=self.address,
                aws_access_key_id="testing",
                aws_secret_access_key="testing",
                config=Config(retries={"max_attempts": 2}, parameter_validation=False),
            )
        return self._clients[service, region]

    def many(self, number: int) -> range:
        """So many, at this scale, and one at least."""
        return range(max(1, int(number * self.scale)))

    def make(self, kind: str, operation: Callable[..., Any], **parameters: Any) -> Any:
        """The answer to an operation that makes something; nothing when moto has none."""
        try:
            answer = operation(**parameters)
        except (BotoCoreError, ClientError) as error:
            self.refused[f"{kind}: {error}"] += 1
            return None
        self.made[kind] += 1
        return answer


def populate(address: str, scale: float = 1.0) -> Estate:
    """Make the estate, at this part of its size."""
    estate = Estate(address, scale)
    _keys(estate)
    _buckets(estate)
    _identities(estate)
    for region in REGIONS:
        _network(estate, region)
        _databases(estate, region)
        _functions(estate, region)
        _messages(estate, region)
        _secrets_and_tables(estate, region)
        _platforms(estate, region)
    _once(estate)
    return estate


def _tags(number: int) -> list[dict[str, str]]:
    return [
        {"Key": "env", "Value": ("prod", "dev", "test")[number % 3]},
        {"Key": "owner", "Value": f"team-{number % 7}"},
    ]


def _document(*statements: Mapping[str, object]) -> str:
    return json.dumps({"Version": VERSION, "Statement": statements})


def _keys(estate: Estate) -> None:
    for i in estate.many(50):
        region = REGIONS[i % 2]
        kms = estate.client("kms", region)
        everybody = {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}
        policy = {"Policy": _document(everybody)} if i % 10 == 0 else {}
        made = estate.make("kms key", kms.create_key, Description=f"key {i}", **policy)
        if made is None:
            continue
        key = made["KeyMetadata"]["KeyId"]
        estate.keys[region].append(made["KeyMetadata"]["Arn"])
        if i % 2:
            estate.make("kms rotation", kms.enable_key_rotation, KeyId=key)
        if (i + 14) % 17 == 0:
            estate.make("kms deletion", kms.schedule_key_deletion, KeyId=key, PendingWindowInDays=7)
        elif i % 3 == 0:
            estate.make("kms alias", kms.create_alias, AliasName=f"alias/k{i}", TargetKeyId=key)


def _buckets(estate: Estate) -> None:
    for i in estate.many(200):
        region, name = REGIONS[i % 2], f"corp-bucket-{i:04d}"
        s3 = estate.client("s3", region)
        elsewhere = {} if region == HOME else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        if estate.make("s3 bucket", s3.create_bucket, Bucket=name, **elsewhere) is None:
            continue
        estate.buckets[region].append(name)
        if i % 3 == 0:
            versioning = {"Status": "Enabled"}
            estate.make("s3 versioning", s3.put_bucket_versioning, Bucket=name, VersioningConfiguration=versioning)
        if i % 2 == 0:
            with_key = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": estate.keys[region][0]}
            default = with_key if i % 4 == 0 else {"SSEAlgorithm": "AES256"}
            rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
            estate.make("s3 encryption", s3.put_bucket_encryption, Bucket=name, ServerSideEncryptionConfiguration=rules)
        if i % 5:
            names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
            block = dict.fromkeys(names, i % 7 != 0)
            estate.make("s3 block", s3.put_public_access_block, Bucket=name, PublicAccessBlockConfiguration=block)
        _bucket_policy(estate, s3, i, name)
        if i % 4 == 1:
            logging = {"LoggingEnabled": {"TargetBucket": name, "TargetPrefix": "log/"}}
            estate.make("s3 logging", s3.put_bucket_logging, Bucket=name, BucketLoggingStatus=logging)
        if i % 9 == 0:
            rule = {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 400}}
            lifecycle = {"Rules": [rule]}
            estate.make(
                "s3 lifecycle",
                s3.put_bucket_lifecycle_configuration,
                Bucket=name,
                LifecycleConfiguration=lifecycle,
            )
        if i % 6 == 0:
            estate.make("s3 tags", s3.put_bucket_tagging, Bucket=name, Tagging={"TagSet": _tags(i)})


def _bucket_policy(estate: Estate, s3: Any, i: int, name: str) -> None:
    inside = f"arn:aws:s3:::{name}/*"
    statements: list[Mapping[str, object]] = []
    if i % 2:
        plain = {"Bool": {"aws:SecureTransport": "false"}}
        both = [f"arn:aws:s3:::{name}", inside]
        deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": both, "Condition": plain}
        statements.append(deny)
    if i % 11 == 0:
        statements.append({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": inside})
    if i % 13 == 0:
        let_in = {"Effect": "Allow", "Principal": {"AWS": STRANGER}, "Action": "s3:PutObject", "Resource": inside}
        statements.append(let_in)
    if statements:
        estate.make("s3 policy", s3.put_bucket_policy, Bucket=name, Policy=_document(*statements))


def _identities(estate: Estate) -> None:
    iam = estate.client("iam")
    estate.make(
        "iam password policy",
        iam.update_account_password_policy,
        MinimumPasswordLength=10,
        RequireSymbols=True,
        RequireNumbers=True,
        RequireUppercaseCharacters=False,
        RequireLowercaseCharacters=True,
        MaxPasswordAge=120,
        PasswordReusePrevention=5,
    )
    for i in estate.many(50):
        actions: Any = ["s3:Get*", "s3:List*"]
        resource = f"arn:aws:s3:::corp-bucket-{i:04d}/*"
        if i % 10 < 3:  # noqa: PLR2004 - three in ten allow too much
            actions = ("*", ["iam:PassRole", "ec2:RunInstances", "iam:CreateAccessKey"], ["kms:Decrypt"])[i % 10]
            resource = "*"
        document = _document({"Effect": "Allow", "Action": actions, "Resource": resource})
        made = estate.make("iam policy", iam.create_policy, PolicyName=f"pol-{i}", PolicyDocument=document)
        estate.policies.append(made["Policy"]["Arn"])
    for i in estate.many(20):
        estate.make("iam group", iam.create_group, GroupName=f"grp-{i}")
        arn = estate.policies[i % len(estate.policies)]
        estate.make("iam group policy", iam.attach_group_policy, GroupName=f"grp-{i}", PolicyArn=arn)
    for i in estate.many(200):
        _user(estate, iam, i)
    services = ("ec2.amazonaws.com", "lambda.amazonaws.com", "ecs-tasks.amazonaws.com")
    for i in estate.many(50):
        trusted = {"Service": services[i % 3]} if i % 6 else {"AWS": STRANGER if i % 12 else "*"}
        trust = _document({"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"})
        estate.make("iam role", iam.create_role, RoleName=f"role-{i}", AssumeRolePolicyDocument=trust, Tags=_tags(i))
        arn = estate.policies[i % len(estate.policies)]
        estate.make("iam role policy", iam.attach_role_policy, RoleName=f"role-{i}", PolicyArn=arn)


def _user(estate: Estate, iam: Any, i: int) -> None:
    name = f"user-{i:04d}"
    if estate.make("iam user", iam.create_user, UserName=name, Tags=_tags(i)) is None:
        return
    if i % 2 == 0:
        estate.make("iam password", iam.create_login_profile, UserName=name, Password="Xy12345678!aa")
    if i % 4 == 0:
        device = estate.make("iam device", iam.create_virtual_mfa_device, VirtualMFADeviceName=f"mfa-{i}")
        serial = device["VirtualMFADevice"]["SerialNumber"]
        estate.make(
            "iam device in use",
            iam.enable_mfa_device,
            UserName=name,
            SerialNumber=serial,
            AuthenticationCode1="123456",
            AuthenticationCode2="234567",
        )
    for _ in range((i % 3 == 0) + (i % 12 == 0)):
        estate.make("iam access key", iam.create_access_key, UserName=name)
    if i % 5:
        group = f"grp-{i % len(estate.many(20))}"
        estate.make("iam membership", iam.add_user_to_group, GroupName=group, UserName=name)
    else:
        arn = estate.policies[i % len(estate.policies)]
        estate.make("iam user policy", iam.attach_user_policy, UserName=name, PolicyArn=arn)
    if i % 25 == 0:
        document = _document({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
        estate.make(
            "iam inline policy", iam.put_user_policy, UserName=name, PolicyName="inline", PolicyDocument=document
        )


def _network(estate: Estate, region: str) -> None:
    ec2 = estate.client("ec2", region)
    vpc = estate.make("ec2 network", ec2.create_vpc, CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = []
    for i in range(4):
        zone = f"{region}{'ab'[i % 2]}"
        made = estate.make(
            "ec2 subnet", ec2.create_subnet, VpcId=vpc, CidrBlock=f"10.9.{i}.0/24", AvailabilityZone=zone
        )
        subnets.append(made["Subnet"]["SubnetId"])
    estate.make("ec2 access list", ec2.create_network_acl, VpcId=vpc)
    if region == HOME:
        estate.make("ec2 default encryption", ec2.enable_ebs_encryption_by_default)
        destination = f"arn:aws:s3:::{estate.buckets[region][0]}"
        estate.make(
            "ec2 flow log",
            ec2.create_flow_logs,
            ResourceIds=[vpc],
            ResourceType="VPC",
            TrafficType="ALL",
            LogDestinationType="s3",
            LogDestination=destination,
        )
    groups = _security_groups(estate, ec2, vpc)
    _instances(estate, ec2, region, subnets, groups)
    _balancers(estate, region, vpc, subnets, groups)


def _security_groups(estate: Estate, ec2: Any, vpc: str) -> list[str]:
    groups: list[str] = []
    for i in estate.many(50):
        made = estate.make(
            "ec2 security group", ec2.create_security_group, GroupName=f"sg-{i}", Description="x", VpcId=vpc
        )
        group = made["GroupId"]
        groups.append(group)
        port = (22, 3389, 443, 3306, 5432, 27017, 9200, 8080)[i % 8]
        anywhere = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ranges = anywhere if i % 3 == 0 else {"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
        rules: list[dict[str, object]] = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **ranges}]
        if i % 20 == 0:
            rules.append({"IpProtocol": "-1", **anywhere})
        for rule in rules:
            estate.make("ec2 rule", ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=[rule])
    return groups


def _instances(estate: Estate, ec2: Any, region: str, subnets: list[str], groups: list[str]) -> None:
    for i in estate.many(25):
        estate.make(
            "ec2 instance",
            ec2.run_instances,
            ImageId="ami-12c6146b",
            MinCount=1,
            MaxCount=1,
            InstanceType="t3.micro",
            SubnetId=subnets[i % 4],
            SecurityGroupIds=[groups[i % len(groups)]],
            MetadataOptions={"HttpTokens": "required" if i % 2 else "optional", "HttpEndpoint": "enabled"},
            UserData="echo hello" if i % 9 else "export DB_PASSWORD=hunter2hunter2",
            TagSpecifications=[{"ResourceType": "instance", "Tags": _tags(i)}],
            Monitoring={"Enabled": bool(i % 2)},
        )
    for i in estate.many(25):
        zone = f"{region}a"
        disk = estate.make("ec2 disk", ec2.create_volume, AvailabilityZone=zone, Size=10, Encrypted=bool(i % 3))
        if i % 2:
            estate.make("ec2 snapshot", ec2.create_snapshot, VolumeId=disk["VolumeId"])
    for _ in estate.many(10):
        estate.make("ec2 address", ec2.allocate_address, Domain="vpc")


def _balancers(estate: Estate, region: str, vpc: str, subnets: list[str], groups: list[str]) -> None:
    elbv2, elb = estate.client("elbv2", region), estate.client("elb", region)
    for i in estate.many(5):
        scheme = "internet-facing" if i % 2 else "internal"
        made = estate.make(
            "load balancer",
            elbv2.create_load_balancer,
            Name=f"alb-{i}",
            Subnets=subnets[:2],
            SecurityGroups=groups[:1],
            Scheme=scheme,
        )
        target = estate.make(
            "target group", elbv2.create_target_group, Name=f"tg-{i}", Protocol="HTTP", Port=80, VpcId=vpc
        )
        forward = {"Type": "forward", "TargetGroupArn": target["TargetGroups"][0]["TargetGroupArn"]}
        estate.make(
            "listener",
            elbv2.create_listener,
            LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[forward],
        )
    for i in estate.many(2):
        listeners = [{"Protocol": "tcp", "LoadBalancerPort": 80, "InstancePort": 80}]
        estate.make(
            "classic load balancer",
            elb.create_load_balancer,
            LoadBalancerName=f"clb-{i}",
            Listeners=listeners,
            AvailabilityZones=[f"{region}a"],
        )


def _databases(estate: Estate, region: str) -> None:
    rds, cloudtrail = estate.client("rds", region), estate.client("cloudtrail", region)
    for i in estate.many(10):
        estate.make(
            "rds instance",
            rds.create_db_instance,
            DBInstanceIdentifier=f"db-{i}",
            DBInstanceClass="db.t3.micro",
            Engine=("mysql", "postgres")[i % 2],
            AllocatedStorage=20,
            MasterUsername="admin",
            MasterUserPassword="abcdefgh1",
            StorageEncrypted=bool(i % 2),
            PubliclyAccessible=i % 4 == 0,
            MultiAZ=i % 3 == 0,
            BackupRetentionPeriod=7 if i % 2 else 0,
            DeletionProtection=bool(i % 3),
            EnableIAMDatabaseAuthentication=i % 5 == 0,
            Tags=_tags(i),
        )
        if i % 3 == 0:
            named = {"DBSnapshotIdentifier": f"snap-{i}", "DBInstanceIdentifier": f"db-{i}"}
            estate.make("rds snapshot", rds.create_db_snapshot, **named)
    for i, bucket in enumerate(estate.buckets[region][: 3 if region == HOME else 2]):
        name = f"trail-{region}-{i}"
        key = {"KmsKeyId": estate.keys[region][0]} if i == 0 else {}
        estate.make(
            "trail",
            cloudtrail.create_trail,
            Name=name,
            S3BucketName=bucket,
            IsMultiRegionTrail=i == 0,
            EnableLogFileValidation=i % 2 == 0,
            IncludeGlobalServiceEvents=i == 0,
            **key,
        )
        if i < 2:  # noqa: PLR2004 - the third one stands still
            estate.make("trail that logs", cloudtrail.start_logging, Name=name)


def _functions(estate: Estate, region: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context):\n    return 1\n")
    functions = estate.client("lambda", region)
    for i in estate.many(15):
        secret = {"DB_PASSWORD": "srv-Pa55w0rd-9182"}
        estate.make(
            "function",
            functions.create_function,
            FunctionName=f"fn-{i}",
            Runtime=("python3.8", "python3.12", "nodejs16.x")[i % 3],
            Role=f"arn:aws:iam::{ACCOUNT}:role/role-0",
            Handler="handler.handle",
            Code={"ZipFile": packed.getvalue()},
            Environment={"Variables": {"A": "b"} if i % 4 else secret},
            TracingConfig={"Mode": "Active" if i % 2 else "PassThrough"},
        )
        if i % 7 == 0:
            allowed = {"StatementId": "p", "Action": "lambda:InvokeFunction", "Principal": "*"}
            estate.make("function policy", functions.add_permission, FunctionName=f"fn-{i}", **allowed)


def _messages(estate: Estate, region: str) -> None:
    sns, sqs = estate.client("sns", region), estate.client("sqs", region)
    logs, alarms = estate.client("logs", region), estate.client("cloudwatch", region)
    for i in estate.many(10):
        topic_key = {"KmsMasterKeyId": "alias/aws/sns"} if i % 2 else {}
        queue_key = {"KmsMasterKeyId": "alias/aws/sqs"} if i % 2 else {}
        estate.make("topic", sns.create_topic, Name=f"topic-{i}", Attributes=topic_key)
        estate.make("queue", sqs.create_queue, QueueName=f"q-{i}", Attributes=queue_key)
    for i in estate.many(30):
        key = {"kmsKeyId": estate.keys[region][0]} if i % 3 == 0 else {}
        estate.make("log group", logs.create_log_group, logGroupName=f"/app/{i}", **key)
        if i % 2:
            days = (30, 90, 365)[i % 3]
            estate.make("log retention", logs.put_retention_policy, logGroupName=f"/app/{i}", retentionInDays=days)
    patterns = (
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
        '{ $.userIdentity.type = "Root" }',
        "{ ($.eventName = ConsoleLogin) }",
        "x",
    )
    for i, pattern in enumerate(patterns):
        measured = [{"metricName": f"m{i}", "metricNamespace": "n", "metricValue": "1"}]
        estate.make(
            "metric filter",
            logs.put_metric_filter,
            logGroupName="/app/0",
            filterName=f"f{i}",
            filterPattern=pattern,
            metricTransformations=measured,
        )
    for i in range(10):
        told = [f"arn:aws:sns:{region}:{ACCOUNT}:topic-0"] if i % 2 else []
        estate.make(
            "alarm",
            alarms.put_metric_alarm,
            AlarmName=f"al-{i}",
            MetricName=f"m{i}",
            Namespace="n",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            Statistic="Sum",
            AlarmActions=told,
        )


def _secrets_and_tables(estate: Estate, region: str) -> None:
    for i in estate.many(10):
        key = {"KmsKeyId": estate.keys[region][0]} if i % 2 else {}
        secrets = estate.client("secretsmanager", region)
        estate.make("secret", secrets.create_secret, Name=f"sec-{i}", SecretString="x", **key)
        estate.make(
            "table",
            estate.client("dynamodb", region).create_table,
            TableName=f"t-{i}",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            SSESpecification={"Enabled": bool(i % 2), "SSEType": "KMS"},
            DeletionProtectionEnabled=bool(i % 3),
        )
        estate.make(
            "repository",
            estate.client("ecr", region).create_repository,
            repositoryName=f"repo-{i}",
            imageScanningConfiguration={"scanOnPush": bool(i % 2)},
            imageTagMutability="IMMUTABLE" if i % 3 else "MUTABLE",
        )
        kind = "SecureString" if i % 2 else "String"
        estate.make("parameter", estate.client("ssm", region).put_parameter, Name=f"/p/{i}", Value="v", Type=kind)


def _platforms(estate: Estate, region: str) -> None:
    def make(kind: str, service: str, operation: str, **parameters: Any) -> None:
        estate.make(kind, getattr(estate.client(service, region), operation), **parameters)

    role = f"arn:aws:iam::{ACCOUNT}:role/role-0"
    steps = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    for i in estate.many(3):
        container: dict[str, Any] = {"name": "c", "image": "nginx", "memory": 128, "privileged": bool(i % 2)}
        container["environment"] = [{"name": "PASSWORD", "value": "qwerty-1-9"}]
        cluster = {"NodeType": "dc2.large", "MasterUsername": "admin", "MasterUserPassword": "Abcdefgh1"}
        make("file system", "efs", "create_file_system", CreationToken=f"fs-{i}", Encrypted=bool(i % 2))
        make("ecs cluster", "ecs", "create_cluster", clusterName=f"cl-{i}")
        make("task definition", "ecs", "register_task_definition", family=f"td-{i}", containerDefinitions=[container])
        make("certificate", "acm", "request_certificate", DomainName=f"h{i}.example.com")
        make("stream", "kinesis", "create_stream", StreamName=f"st-{i}", ShardCount=1)
        make("state machine", "stepfunctions", "create_state_machine", name=f"sm-{i}", definition=steps, roleArn=role)
        make("rest interface", "apigateway", "create_rest_api", name=f"api-{i}")
        make("event bus", "events", "create_event_bus", Name=f"bus-{i}")
        make("warehouse", "redshift", "create_cluster", ClusterIdentifier=f"rs-{i}", Encrypted=bool(i % 2), **cluster)
        make("search domain", "opensearch", "create_domain", DomainName=f"os-{i}", EngineVersion="OpenSearch_2.5")
        make("backup vault", "backup", "create_backup_vault", BackupVaultName=f"bv-{i}")
    if region == HOME:
        make("detector", "guardduty", "create_detector", Enable=True)
        recorder = {"name": "default", "roleARN": role}
        make("recorder", "config", "put_configuration_recorder", ConfigurationRecorder=recorder)
        make("hub", "securityhub", "enable_security_hub")


def _once(estate: Estate) -> None:
    zone = {"Name": "example.com.", "CallerReference": "x"}
    estate.make("zone", estate.client("route53").create_hosted_zone, **zone)
    estate.make("organization", estate.client("organizations").create_organization, FeatureSet="ALL")
