"""Turn errors into pages and JSON documents. The only place that does; no response shows where an error happened.

404  not found                         405  read-only site            422  invalid parameter (API only) 503  database
unavailable or slow      500  a bug: logged in full, the reader gets one sentence
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from episodes.deadline import current_deadline
from episodes.documents.outcomes import Error
from episodes.errors import CatalogError, NotFound
from episodes.logs import logger
from episodes.web.templating import page

log = logger(__name__)

SENTENCES = {
    404: "Nothing was found at this address.",
    405: "This site is read-only.",
    422: "A parameter is not valid.",
    500: "Something went wrong on our side.",
    503: "The catalog is unavailable right now; please try again in a minute.",
}


#: Seconds until a retry may help.
AGAIN = {"Retry-After": "10"}


def add_to(app: FastAPI) -> None:
    """Register the error handlers."""
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_parameters)
    app.add_exception_handler(CatalogError, _on_catalog)
    app.add_exception_handler(Exception, _on_bug)


def _answer(request: Request, status: int, detail: str = "", headers: Mapping[str, str] | None = None) -> Response:
    sentence = SENTENCES.get(status, "This request could not be answered.")
    if request.url.path.startswith("/api/"):
        return JSONResponse(Error(error=sentence, detail=detail).as_dict(), status, headers)
    return page(request, "error.html", code=status, headers=dict(headers or {}), sentence=sentence, detail=detail)


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    # A 405 must list the allowed methods (RFC 9110, 15.5.6). HEAD works wherever GET does, whatever the route says.
    allow = {"Allow": "GET, HEAD"} if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else None
    return _answer(request, error.status_code, headers=allow)


def _on_parameters(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    wrong = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())
    in_path = any(each["loc"][0] == "path" for each in error.errors())
    return _answer(request, 404 if in_path else 422, "" if in_path else wrong[:500])


def _on_catalog(request: Request, error: Exception) -> Response:
    if isinstance(error, NotFound):
        return _answer(request, 404)
    waits = current_deadline()
    if waits and waits.passed():
        return _answer(request, 503, "This search takes too long; try fewer words, or longer ones.", AGAIN)
    log.error("%s", error)
    return _answer(request, 503, headers=AGAIN)


def _on_bug(request: Request, _error: Exception) -> Response:
    """Return a plain 500; the server logs the traceback itself."""
    return _answer(request, 500)
