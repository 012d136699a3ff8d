"""What AWS would refuse is refused, in each protocol's own words."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from .conftest import KEY, REGION, SECRET, Sandbox


def signed(
    sandbox: Sandbox, service: str, body: str, headers: dict[str, str], path: str = "/", method: str = "POST"
) -> Any:
    request = AWSRequest(method, sandbox.url + path, headers, body)
    SigV4Auth(Credentials(KEY, SECRET), service, REGION).add_auth(request)
    prepared = request.prepare()
    return requests.request(method, prepared.url, data=body, headers=dict(prepared.headers))


def query(sandbox: Sandbox, service: str, body: str) -> Any:
    return signed(sandbox, service, body, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})


def code_of(call: Any) -> tuple[str, int, str]:
    with pytest.raises(ClientError) as caught:
        call()
    error = caught.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Message"]


def last(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.control("GET", "/requests")["items"][-1]


def test_ec2_unknown_parameter(sandbox: Sandbox) -> None:
    answer = query(sandbox, "ec2", "Action=CreateVpc&Version=2016-11-15&CidrBlock=10.0.0.0%2F16&Colour=red")
    assert answer.status_code == 400
    assert "<Code>UnknownParameter</Code>" in answer.text
    assert "Colour" in answer.text
    assert last(sandbox)["violation"] == "Colour: unknown member"


def test_ec2_missing_enum_and_type(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    assert code_of(lambda: ec2.delete_vpc())[0] == "MissingParameter"
    assert code_of(lambda: ec2.create_vpc(CidrBlock="10.0.0.0/16", InstanceTenancy="x"))[0] == "InvalidParameterValue"
    body = "Action=CreateNatGateway&Version=2016-11-15&SubnetId=s&SecondaryPrivateIpAddressCount=many"
    assert "<Code>InvalidParameterValue</Code>" in query(sandbox, "ec2", body).text


def test_query_unknown_missing_and_enum(sandbox: Sandbox) -> None:
    answer = query(sandbox, "iam", "Action=GetRole&Version=2010-05-08&RoleName=x&Nickname=y")
    assert answer.status_code == 400
    assert "<ErrorResponse>" in answer.text
    assert "<Code>ValidationError</Code>" in answer.text
    iam = sandbox.client("iam")
    assert code_of(lambda: iam.create_role(RoleName="x"))[0] == "ValidationError"
    key = {"AccessKeyId": KEY, "Status": "Sleeping"}
    assert code_of(lambda: iam.update_access_key(**key))[0] == "ValidationError"
    assert code_of(lambda: sandbox.client("rds").delete_db_instance())[0] == "MissingParameter"


def test_json_unknown_missing_and_type(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.GetSecretValue"}
    answer = signed(sandbox, "secretsmanager", '{"SecretId": "x", "Colour": 1}', headers)
    assert (answer.status_code, answer.json()["__type"]) == (400, "ValidationException")
    assert "Colour" in answer.json()["message"]
    answer = signed(sandbox, "secretsmanager", '{"SecretId": 5}', headers)
    assert answer.json()["__type"] == "SerializationException"
    secrets = sandbox.client("secretsmanager")
    assert code_of(lambda: secrets.get_secret_value())[0] == "ValidationException"


def test_rest_json_unknown_missing_enum_and_range(sandbox: Sandbox) -> None:
    headers = {"Content-Type": "application/json"}
    answer = signed(sandbox, "eks", '{"name": "x", "colour": "red"}', headers, "/clusters")
    assert answer.status_code == 400
    assert answer.headers["x-amzn-ErrorType"] == "InvalidParameterException"
    for member in ("colour", "roleArn", "resourcesVpcConfig"):
        assert member in answer.json()["message"]
    eks = sandbox.client("eks")
    assert code_of(lambda: eks.list_clusters(maxResults=1000))[0] == "InvalidParameterException"
    answer = signed(sandbox, "eks", "", {}, "/clusters?colour=red", "GET")
    assert "colour" in answer.json()["message"]
    bad = {"name": "x", "roleArn": "y", "resourcesVpcConfig": {}, "accessConfig": {"authenticationMode": "NONE"}}
    assert "authenticationMode" in code_of(lambda: eks.create_cluster(**bad))[2]
    assert "regular expression" in code_of(lambda: eks.create_cluster(**{**bad, "name": "a.b"}))[2]


def test_rest_xml_unknown_and_enum(sandbox: Sandbox) -> None:
    body = (
        '<CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Name>a.test</Name>'
        "<CallerReference>1</CallerReference><Colour>red</Colour></CreateHostedZoneRequest>"
    )
    answer = signed(sandbox, "route53", body, {"Content-Type": "text/xml"}, "/2013-04-01/hostedzone")
    assert answer.status_code == 400
    assert "<Code>InvalidInput</Code>" in answer.text
    assert "Colour" in answer.text
    route53 = sandbox.client("route53")
    zone = route53.create_hosted_zone(Name="a.test", CallerReference="2")["HostedZone"]["Id"]
    record = {"Name": "a.test", "Type": "WRONG", "TTL": 5, "ResourceRecords": [{"Value": "1.2.3.4"}]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    assert (
        code_of(lambda: route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch))[0] == "InvalidInput"
    )


def test_unknown_operation_and_service(sandbox: Sandbox) -> None:
    assert "<Code>InvalidAction</Code>" in query(sandbox, "ec2", "Action=MakeCoffee&Version=2016-11-15").text
    assert last(sandbox)["violation"] == "unknown operation MakeCoffee"
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "secretsmanager.MakeCoffee"}
    assert signed(sandbox, "secretsmanager", "{}", headers).json()["__type"] == "UnknownOperationException"
    assert signed(sandbox, "eks", "", {}, "/coffee", "GET").status_code == 404
    assert signed(sandbox, "coffee", "", {}, "/", "GET").json()["message"].endswith("signs as coffee")


def test_known_to_aws_but_not_emulated(sandbox: Sandbox) -> None:
    code, status, message = code_of(lambda: sandbox.client("eks").list_fargate_profiles(clusterName="x"))
    assert (code, status) == ("NotImplemented", 501)
    assert "eks:ListFargateProfiles" in message


def test_dry_run_changes_nothing(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    start = sandbox.control("GET", "/requests")["next"]
    assert code_of(lambda: ec2.create_vpc(CidrBlock="10.9.0.0/16", DryRun=True))[:2] == ("DryRunOperation", 412)
    assert len(ec2.describe_vpcs()["Vpcs"]) == before
    assert not any(each["mutating"] for each in sandbox.control("GET", f"/requests?since={start}")["items"])
    # Validation still comes first.
    assert code_of(lambda: ec2.delete_vpc(DryRun=True))[0] == "MissingParameter"


def test_correct_calls_of_every_protocol_pass(sandbox: Sandbox) -> None:
    start = sandbox.control("GET", "/requests")["next"]
    tags = [{"Key": "a", "Value": "b"}]
    vpc = sandbox.client("ec2").create_vpc(
        CidrBlock="10.1.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )["Vpc"]
    assert vpc["Tags"] == tags
    found = sandbox.client("ec2").describe_vpcs(Filters=[{"Name": "tag:a", "Values": ["b"]}])["Vpcs"]
    assert [v["VpcId"] for v in found] == [vpc["VpcId"]]
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="bucket-1", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="bucket-1", Key="a/b c+d", Body=b"hello", Metadata={"x": "y"})
    assert s3.get_object(Bucket="bucket-1", Key="a/b c+d")["Body"].read() == b"hello"
    assert s3.list_objects_v2(Bucket="bucket-1")["KeyCount"] == 1
    dynamodb = sandbox.client("dynamodb")
    dynamodb.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.put_item(TableName="locks", Item={"id": {"S": "a"}}, ConditionExpression="attribute_not_exists(id)")
    key = sandbox.client("kms").create_key(Description="x")["KeyMetadata"]["KeyId"]
    secret = sandbox.client("secretsmanager").create_secret(Name="s", SecretString="v", KmsKeyId=key)
    assert sandbox.client("secretsmanager").get_secret_value(SecretId=secret["ARN"])["SecretString"] == "v"
    sandbox.client("elasticache").create_cache_subnet_group(
        CacheSubnetGroupName="g", CacheSubnetGroupDescription="d", SubnetIds=sandbox.network()["subnets"]
    )
    assert sandbox.client("ecr").create_repository(repositoryName="repo")["repository"]["repositoryName"] == "repo"
    assert sandbox.client("ssm").put_parameter(Name="/p", Value="v", Type="String")["Version"] == 1
    assert sandbox.client("elbv2").describe_load_balancers()["LoadBalancers"] == []
    assert sandbox.client("logs").describe_log_groups()["logGroups"] == []
    items = sandbox.control("GET", f"/requests?since={start}")["items"]
    assert not [item for item in items if "violation" in item]
