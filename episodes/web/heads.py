"""HEAD wherever GET is: what link checkers, feed readers and previews ask first."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Files answer for themselves: nobody reads them for their headers.
_FILES = ("/media/", "/static/")


class HeadAsGet:
    """Answers HEAD with the headers of GET."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].startswith(_FILES):
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self.app({**scope, "method": "GET"}, receive, send_without_body)
