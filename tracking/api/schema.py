"""The API's own description, OpenAPI 3, made from the code. No docs page: the known ones load scripts from other hosts."""

from drf_spectacular.views import SpectacularJSONAPIView

from accounts.gate import public

openapi = public("It describes the API and holds nobody's data.")(SpectacularJSONAPIView.as_view())
