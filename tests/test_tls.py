"""TLS on loopback: who is not trusted is told so and with what to do, and no key is shown to them."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from samewire.demo import Served, endpoint_at
from samewire.doctor import examined
from samewire.policy import Exit, exit_status, groups
from samewire.reference import Fault, Reference
from samewire.requirement import SMOKE
from samewire.run import Run
from samewire.settings import Endpoint, Way

from .making import measure


@contextmanager
def secured(certificate: Path, wants: bool = False) -> Iterator[tuple[Endpoint, list[Any]]]:
    """A reference over TLS, and the requests that reached it; one that wants a certificate of ours if it is said."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    if wants:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(certificate / "cert.pem")
    asked: list[Any] = []
    counting = Fault("counts", "counts", "request", lambda call: asked.append(call.request.headers), {})
    with Served({"it": Reference([counting])}, context) as served:
        one = endpoint_at(served.ports["it"], "it", costly=False)
        url = one.provider.base_url.replace("http://", "https://")
        yield replace(one, provider=replace(one.provider, base_url=url, timeout=5.0)), asked


def through(where: Endpoint, **way: Any) -> Endpoint:
    return replace(where, provider=replace(where.provider, way=Way(**way)))


def told(run: Run) -> str:
    (column,) = run.columns
    (cause,) = groups(run, column)
    assert cause.row.id == "http.base_url.answers"
    return cause.judgement.message


def test_who_signed_for_himself_is_not_trusted_and_sees_no_key(certificate: Path) -> None:
    with secured(certificate) as (where, asked):
        run = measure(where, depth=SMOKE)
        address = where.provider.base_url.removeprefix("https://").removesuffix("/v1")
        assert told(run).startswith(f"no secure connection to {address}: the certificate is not trusted (self")
        assert "name it by `ca_bundle`" in told(run)
        assert exit_status(run) is Exit.COULD_NOT_JUDGE
        *_, last = examined(where)
        assert (last.what, last.fine) == ("certificate", False)
        assert "ca_bundle" in last.advice
        assert asked == []


def test_who_is_named_is_trusted_and_judged(certificate: Path) -> None:
    with secured(certificate) as (where, asked):
        run = measure(through(where, ca_bundle=str(certificate / "cert.pem")), depth=SMOKE)
        assert exit_status(run) is Exit.MET
        assert asked


def test_a_certificate_of_another_host_s_is_not_trusted_even_if_it_is_named(certificate: Path) -> None:
    with secured(certificate) as (where, asked):
        url = where.provider.base_url.replace("127.0.0.1", "localhost")
        other = replace(where, provider=replace(where.provider, base_url=url))
        said = told(measure(through(other, ca_bundle=str(certificate / "cert.pem")), depth=SMOKE))
        assert "certificate is not valid for 'localhost'" in said
        assert asked == []


def test_who_wants_a_certificate_of_ours_says_so_and_is_shown_one(certificate: Path) -> None:
    bundle, own = str(certificate / "cert.pem"), (str(certificate / "cert.pem"), str(certificate / "key.pem"))
    with secured(certificate, wants=True) as (where, asked):
        said = told(measure(through(where, ca_bundle=bundle), depth=SMOKE))
        assert "certificate of ours" in said
        assert "client_cert" in said
        assert asked == []
        *_, last = examined(through(where, ca_bundle=bundle))
        assert (last.what, last.fine, last.words) == ("certificate", False, "it wants a certificate of ours")
        assert all(one.fine for one in examined(through(where, ca_bundle=bundle, certificate=own)))
        run = measure(through(where, ca_bundle=bundle, certificate=own), depth=SMOKE)
        assert exit_status(run) is Exit.MET


def test_a_port_that_speaks_tls_is_told_from_plain_http(certificate: Path) -> None:
    with secured(certificate) as (where, asked):
        url = where.provider.base_url.replace("https://", "http://")
        run = measure(replace(where, provider=replace(where.provider, base_url=url)), depth=SMOKE)
        assert "broke HTTP" in told(run) or "broke off" in told(run)
        assert "client_cert" not in told(run)
        assert asked == []
