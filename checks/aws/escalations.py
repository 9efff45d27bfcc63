"""Ways in which somebody with some rights comes to more: by changing who may do what, or by acting as somebody else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.aws.grants import allows_everywhere, is_administrator
from core.resources.aws.policy import Statement

HAND_OVER = "iam:PassRole"
PASSED_TO = "iam:passedtoservice"


@dataclass(frozen=True, slots=True)
class Way:
    """Actions that together, on everything, lead to more. `service` is who must take a role that is passed."""

    words: str
    actions: tuple[str, ...]
    service: str = ""

    def is_open(self, statements: Sequence[Statement]) -> bool:
        """Whether statements allow all of it."""
        known = {PASSED_TO: f"{self.service}.amazonaws.com"} if self.service else {}
        asked = (*((HAND_OVER,) if self.service else ()), *self.actions)
        return all(allows_everywhere(statements, action, known if action == HAND_OVER else {}) for action in asked)


WAYS = (
    Way("writes a policy that it has", ("iam:CreatePolicyVersion",)),
    Way("makes an older version of a policy count", ("iam:SetDefaultPolicyVersion",)),
    Way("attaches any policy to users", ("iam:AttachUserPolicy",)),
    Way("attaches any policy to groups", ("iam:AttachGroupPolicy",)),
    Way("attaches any policy to roles", ("iam:AttachRolePolicy",)),
    Way("writes policies into users", ("iam:PutUserPolicy",)),
    Way("writes policies into groups", ("iam:PutGroupPolicy",)),
    Way("writes policies into roles", ("iam:PutRolePolicy",)),
    Way("takes away the boundary of users", ("iam:DeleteUserPermissionsBoundary",)),
    Way("takes away the boundary of roles", ("iam:DeleteRolePermissionsBoundary",)),
    Way("puts users into any group", ("iam:AddUserToGroup",)),
    Way("makes access keys for others", ("iam:CreateAccessKey",)),
    Way("makes passwords of single services for others", ("iam:CreateServiceSpecificCredential",)),
    Way("sets the console password of others", ("iam:CreateLoginProfile",)),
    Way("changes the console password of others", ("iam:UpdateLoginProfile",)),
    Way("lets itself into any role", ("iam:UpdateAssumeRolePolicy", "sts:AssumeRole")),
    Way("takes any role that trusts the account", ("sts:AssumeRole",)),
    Way("gives itself any permission set", ("sso:CreateAccountAssignment",)),
    Way(
        "writes policies into permission sets", ("sso:PutInlinePolicyToPermissionSet", "sso:ProvisionPermissionSet")
    ),
    Way(
        "attaches any policy to permission sets",
        ("sso:AttachManagedPolicyToPermissionSet", "sso:ProvisionPermissionSet"),
    ),
    Way("starts an instance with any role", ("ec2:RunInstances",), "ec2"),
    Way("starts a spot instance with any role", ("ec2:RequestSpotInstances",), "ec2"),
    Way(
        "starts a group of instances with any role",
        ("autoscaling:CreateLaunchConfiguration", "autoscaling:CreateAutoScalingGroup"),
        "ec2",
    ),
    Way(
        "has a group start instances with any other role",
        ("autoscaling:CreateLaunchConfiguration", "autoscaling:UpdateAutoScalingGroup"),
        "ec2",
    ),
    Way(
        "builds an image on an instance with any role",
        (
            "imagebuilder:CreateComponent", "imagebuilder:CreateImageRecipe",
            "imagebuilder:CreateInfrastructureConfiguration", "imagebuilder:CreateImage",
        ),
        "ec2",
    ),
    Way("gives an instance any role", ("ec2:AssociateIamInstanceProfile",), "ec2"),
    Way("gives an instance any other role", ("ec2:ReplaceIamInstanceProfileAssociation",), "ec2"),
    Way(
        "changes what instances do at their start",
        ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"),
    ),
    Way(
        "changes what instances of templates do at their start",
        ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"),
    ),
    Way("signs in to any instance", ("ec2-instance-connect:SendSSHPublicKey",)),
    Way("deploys a program to any instance", ("codedeploy:RegisterApplicationRevision", "codedeploy:CreateDeployment")),
    Way("runs a function with any role", ("lambda:CreateFunction", "lambda:InvokeFunction"), "lambda"),
    Way("lets anybody call a function with any role", ("lambda:CreateFunction", "lambda:AddPermission"), "lambda"),
    Way(
        "has a table run a function with any role",
        ("lambda:CreateFunction", "lambda:CreateEventSourceMapping"),
        "lambda",
    ),
    Way("replaces the code of functions", ("lambda:UpdateFunctionCode",)),
    Way("puts a layer beneath functions", ("lambda:UpdateFunctionConfiguration",)),
    Way("runs a task with any role", ("ecs:RunTask",), "ecs-tasks"),
    Way("starts a task with any role on a machine of a cluster", ("ecs:StartTask",), "ecs-tasks"),
    Way("keeps a task with any role running", ("ecs:RegisterTaskDefinition", "ecs:CreateService"), "ecs-tasks"),
    Way("runs commands in any container", ("ecs:ExecuteCommand",)),
    Way("submits a job with any role", ("batch:RegisterJobDefinition", "batch:SubmitJob"), "ecs-tasks"),
    Way("gives jobs other commands, with the role that they have", ("batch:SubmitJob",)),
    Way("makes a service with any role", ("apprunner:CreateService",), "tasks.apprunner"),
    Way("changes services, with the role that they have", ("apprunner:UpdateService",)),
    Way("makes a stack with any role", ("cloudformation:CreateStack",), "cloudformation"),
    Way("changes stacks, with the role that they have", ("cloudformation:UpdateStack",)),
    Way(
        "changes stacks by change sets, with the role that they have",
        ("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"),
    ),
    Way(
        "makes a set of stacks with any role",
        ("cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"),
        "cloudformation",
    ),
    Way("changes a set of stacks with any role", ("cloudformation:UpdateStackSet",), "cloudformation"),
    Way("runs a development endpoint with any role", ("glue:CreateDevEndpoint",), "glue"),
    Way("signs in to any development endpoint", ("glue:UpdateDevEndpoint",)),
    Way("runs a job with any role", ("glue:CreateJob", "glue:StartJobRun"), "glue"),
    Way("changes a job to any role", ("glue:UpdateJob", "glue:StartJobRun"), "glue"),
    Way("has a trigger run a job with any role", ("glue:CreateJob", "glue:CreateTrigger"), "glue"),
    Way("has a trigger run a job that was changed to any role", ("glue:UpdateJob", "glue:CreateTrigger"), "glue"),
    Way("works in a session with any role", ("glue:CreateSession", "glue:RunStatement"), "glue"),
    Way(
        "runs a notebook with any role",
        ("sagemaker:CreateNotebookInstance", "sagemaker:CreatePresignedNotebookInstanceUrl"),
        "sagemaker",
    ),
    Way("opens any notebook", ("sagemaker:CreatePresignedNotebookInstanceUrl",)),
    Way(
        "changes what notebooks do at their start",
        (
            "sagemaker:CreateNotebookInstanceLifecycleConfig", "sagemaker:StopNotebookInstance",
            "sagemaker:UpdateNotebookInstance", "sagemaker:StartNotebookInstance",
        ),
    ),
    Way("runs a training job with any role", ("sagemaker:CreateTrainingJob",), "sagemaker"),
    Way("runs a processing job with any role", ("sagemaker:CreateProcessingJob",), "sagemaker"),
    Way(
        "runs a pipeline with any role", ("datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition"),
        "datapipeline",
    ),
    Way("runs a build with any role", ("codebuild:CreateProject", "codebuild:StartBuild"), "codebuild"),
    Way("changes a build to any role", ("codebuild:UpdateProject", "codebuild:StartBuild"), "codebuild"),
    Way("runs a batch of builds with any role", ("codebuild:CreateProject", "codebuild:StartBuildBatch"), "codebuild"),
    Way("runs builds of its own, with the role of any project", ("codebuild:StartBuild",)),
    Way("runs batches of builds of its own, with the role of any project", ("codebuild:StartBuildBatch",)),
    Way("runs a cluster with any role", ("elasticmapreduce:RunJobFlow",), "elasticmapreduce"),
    Way(
        "runs a job without servers with any role",
        ("emr-serverless:CreateApplication", "emr-serverless:StartJobRun"),
        "emr-serverless",
    ),
    Way("runs a quantum job with any role", ("braket:CreateJob",), "braket"),
    Way("runs a workflow of genomes with any role", ("omics:CreateWorkflow", "omics:StartRun"), "omics"),
    Way(
        "runs an analysis of streams with any role",
        ("kinesisanalytics:CreateApplication", "kinesisanalytics:StartApplication"),
        "kinesisanalytics",
    ),
    Way("runs a fleet of games with any role", ("gamelift:CreateBuild", "gamelift:CreateFleet"), "gamelift"),
    Way(
        "lets an interpreter run code with any role",
        (
            "bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ),
        "bedrock-agentcore",
    ),
    Way(
        "lets interpreters run code, with the role that they have",
        ("bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"),
    ),
    Way("gives any role to users of an identity pool", ("cognito-identity:SetIdentityPoolRoles",), "cognito-identity"),
    Way("has a schedule call anything with any role", ("scheduler:CreateSchedule",), "scheduler"),
    Way("runs a state machine with any role", ("states:CreateStateMachine", "states:StartExecution"), "states"),
    Way("changes state machines, with the role that they have", ("states:UpdateStateMachine", "states:StartExecution")),
    Way("runs an automation with any role", ("ssm:StartAutomationExecution",), "ssm"),
    Way("runs commands on any instance", ("ssm:SendCommand",)),
    Way("opens a session on any instance", ("ssm:StartSession",)),
)  # fmt: skip
"""What is known. An action that is not here may still be one more way."""


def escalations(statements: Sequence[Statement]) -> Iterator[str]:
    """The ways in which an identity with these statements can become more. Nothing for an administrator."""
    if not is_administrator(statements):
        for way in WAYS:
            if way.is_open(statements):
                yield way.words
