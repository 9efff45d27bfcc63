"""Packages are read as their generators write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collectors.rest import Read
from tests.shapes.derive_entra import Graph
from tests.shapes.derive_google_workspace import DiscoveryDocuments
from tests.shapes.derive_okta import OktaModels
from tests.shapes.deriving import alike
from tests.shapes.schema import Variants

USER = """
class User(Base):
    created: Optional[datetime] = Field(default=None, description="When it was made: never ACTIVE before", alias="createdAt")
    status: Optional[UserStatus] = None
    mode: Optional[StrictStr] = None
    names: Optional[List[Name]] = None
    labels: Optional[Dict[str, Dict[str, Any]]] = Field(default=None, alias="_labels")
    size: Optional[Union[StrictFloat, StrictInt]] = None
    most: Optional[Annotated[int, Field(le=5)]] = None
    additional_properties: Dict[str, Any] = {}
    __properties: ClassVar[List[str]] = ["created"]
    __discriminator_property_name: ClassVar[str] = "mode"
    __discriminator_value_class_map: ClassVar[Dict[str, str]] = {
        "A": "Name",
    }

    @field_validator("mode")
    def mode_validate_enum(cls, value):
        if value not in set(["A", "B"]):
            raise ValueError("no")

    def to_dict(self):
        _dict["createdAt"] = None
"""
API = """
    async def list_users(self):
        _response_types_map = {"200": "List[User]", "403": "Error"}

    def _list_users_serialize(self):
        _query_params.append(("limit", limit))
        return self.api_client.param_serialize(
            method="GET",
            resource_path="/api/v1/users/{userId}/friends",
        )
"""
GRAPH_USER = """
from .entity import Entity
if TYPE_CHECKING:
    from .name import Name
    from .state import State
class User(Entity, Parsable):
    # The state, which may be on.
    user_state: Optional[State] = None
    def create_from_discriminator_value(parse_node):
        if mapping_value and mapping_value.casefold() == "#microsoft.graph.name".casefold():
            from .name import Name

            return Name()
    def get_field_deserializers(self,):
        from .name import Name
        from .state import State
        fields = {
            "names": lambda n : setattr(self, 'names', n.get_collection_of_object_values(Name)),
            "states": lambda n : setattr(self, 'states', n.get_collection_of_enum_values(State)),
            "userState": lambda n : setattr(self, 'user_state', n.get_enum_value(State)),
            "uses": lambda n : setattr(self, 'uses', n.get_collection_of_enum_values(State)),
        }
    def serialize(self,writer):
        writer.write_enum_value("uses", self.uses)
"""
BUILDER = '''
if TYPE_CHECKING:
    from ...models.user import User
class FriendsRequestBuilder(BaseRequestBuilder):
    def __init__(self,request_adapter: RequestAdapter, path_parameters: Union[str, dict[str, Any]]) -> None:
        super().__init__(request_adapter, "{+baseurl}/users/{user%2Did}/bestFriends{?%24select,%24top}", path_parameters)
    async def get(self,request_configuration: Optional[RequestConfiguration[Parameters]] = None) -> Optional[User]:
        """
'''


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("path", "wanted"), [
    ("/users/{user}/factors", "/users/{userId}/factors"), ("/users/me/factors", "/users/{userId}/factors"),
    ("/users/all/factors", "/users/all/factors"), ("/users", ""), ("/groups/{group}/factors", ""),
])  # fmt: skip
def test_the_path_that_asks_the_same(path: str, wanted: str) -> None:
    assert alike(path, ["/users/{userId}/factors", "/users/all/factors", "/users/{userId}"]) == wanted


def test_models_of_okta(tmp_path: Path) -> None:
    okta = OktaModels(written(tmp_path, {
        "okta-1.2.dist-info/METADATA": "Name: okta\nVersion: 1.2\n", "okta/api/user_api.py": API, "okta/models/user.py": USER,
        "okta/models/base.py": "class Base(BaseModel):\n    id: StrictStr\n",
        "okta/models/name.py": 'class Name(BaseModel):\n    one_of_schemas: Set[str] = {"User", "Base"}\n',
        "okta/models/user_status.py": 'class UserStatus(str, Enum):\n    ON = "on"\n    OFF = "off"\n',
    }))  # fmt: skip
    assert okta.source["version"] == "1.2"
    asked = Read("/api/v1/users/{user}/friends")
    assert (okta.operation(asked), okta.parameters(asked)) == ("[]Type:User", {"limit": "any"})
    assert okta.operation(Read("/api/v1/others")) == ""
    assert okta.fields("User") == {
        "id": "string", "createdAt": "datetime?", "status": "enum:on|off", "mode": "enum:A|B", "names": "[]Type:Name",
        "_labels": "{}map", "size": "number", "most": "integer", "*": "any",
    }  # fmt: skip
    assert "never ACTIVE" in okta.described("User")["createdAt"]
    assert okta.variants("User") == Variants("mode", {"A": "Name"})
    assert okta.variants("Name") == Variants("", {"Base": "Base", "User": "User"})
    assert okta.fields("Name") == {}
    assert okta.variants("Base") is None


def test_models_of_graph(tmp_path: Path) -> None:
    models = {
        "models/user.py": GRAPH_USER, "models/name.py": "class Name(Parsable):\n",
        "models/state.py": 'class State(str, Enum):\n    On = "on",\n    Off = "off",\n',
        "models/entity.py": '            "id": lambda n : setattr(self, \'id\', n.get_str_value()),\n',
        "users/item/best_friends/best_friends_request_builder.py": BUILDER.replace("...models", "....models"),
    }  # fmt: skip
    for package in ("msgraph", "msgraph_beta"):
        written(tmp_path, {f"{package}/generated/{name}": text for name, text in models.items()})
    written(tmp_path, {"msgraph_sdk-1.dist-info/METADATA": "Version: 1\n"})
    graph = Graph(tmp_path, tmp_path)
    asked, of_beta = Read("/v1.0/users/{user}/bestFriends"), Read("/beta/users/{user}/bestFriends")
    assert (graph.operation(asked), graph.operation(of_beta)) == ("Type:User", "Type:beta:User")
    assert graph.operation(Read("/v1.0/users")) == graph.operation(Read("/providers/x", service="y")) == ""
    assert graph.parameters(of_beta) == {"$select": "any", "$top": "any"}
    assert graph.fields("User") == {
        "id": "string", "names": "[]Type:Name", "states": "[]flags:on|off", "userState": "enum:on|off", "uses": "flags:on|off",
    }  # fmt: skip
    assert graph.fields("beta:User")["names"] == "[]Type:beta:Name"
    assert graph.described("User")["userState"] == "The state, which may be on."
    assert graph.variants("User") == Variants("@odata.type", {"#microsoft.graph.name": "Name"})
    assert graph.variants("Entity") is None
    exports = Read("/providers/microsoft.aadiam/diagnosticSettings", service="management.azure.com")
    listed = graph.operation(exports).removeprefix("Type:")
    assert graph.fields(listed)["value"].startswith("[]Type:azure:")
    assert (graph.parameters(exports), graph.described(listed), graph.variants(listed)) == (
        {"api-version": "string"},
        {},
        None,
    )


def test_discovery_documents(tmp_path: Path) -> None:
    method = {"httpMethod": "GET", "path": "admin/directory/v1/users", "response": {"$ref": "Users"}, "parameters": {
        "query": {"type": "string", "location": "query", "enum": ["a", "b"]}, "userKey": {"type": "string", "location": "path"},
    }}  # fmt: skip
    document = {
        "revision": "1", "servicePath": "", "parameters": {"fields": {"type": "string", "location": "query"}},
        "resources": {"users": {"methods": {"insert": {**method, "httpMethod": "POST"}, "list": method}}},
        "schemas": {"Users": {"properties": {"users": {"type": "array", "items": {"$ref": "User"}}}},
                    "User": {"properties": {"number": {"type": "string", "format": "int64", "description": "How many."}}}},
    }  # fmt: skip
    names = ("admin.directory_v1", "admin.reports_v1", "groupssettings.v1", "alertcenter.v1beta1", "cloudidentity.v1")
    files = {f"googleapiclient/discovery_cache/documents/{name}.json": json.dumps(document) for name in names}
    google = DiscoveryDocuments(written(tmp_path, {**files, "x-1.dist-info/METADATA": "Version: 1\n"}))
    users = Read("/admin/directory/v1/users", service="admin.googleapis.com")
    assert google.operation(users) == "Type:admin.directory_v1:Users"
    assert google.parameters(users) == {"fields": "string", "query": "enum:a|b"}
    assert google.fields("admin.directory_v1:Users") == {"users": "[]Type:admin.directory_v1:User"}
    assert google.described("admin.directory_v1:User") == {"number": "How many."}
    assert google.variants("admin.directory_v1:User") is None
    assert google.operation(Read("/elsewhere", service="x.googleapis.com")) == ""
