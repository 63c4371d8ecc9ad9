"""What Alipay says counts by the signature over its text as it came; amounts are exact; nothing else is believed."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.alipay_wire import fen, heard, moment, yuan
from payments.exchange import Exchanged
from payments.gateway import Trouble

NODE = "alipay_trade_query_response"
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def covered(body: bytes, node: str = NODE) -> list[bytes]:
    """The texts whose signature is asked for."""
    texts: list[bytes] = []

    def signed(text: bytes, _signature: str) -> bool:
        texts.append(text)
        return True

    heard(Exchanged(200, body), node, signed)
    return texts


def trouble(body: bytes, *, signed: bool = True) -> Trouble:
    return heard(Exchanged(200, body), NODE, lambda _text, _signature: signed).trouble


@given(st.dictionaries(st.text(), _VALUES, max_size=4), st.booleans(), st.sampled_from([None, 0, 3]))
def test_the_text_that_was_signed_is_cut_out_as_it_came(more, ascii_only, indent):
    text = json.dumps({**more, "code": "10000"}, ensure_ascii=ascii_only, indent=indent)
    try:
        whole = f' {{ "alipay_cert_sn" : {{"a":"}}"}},"{NODE}":  {text} ,\n"sign":"AA=="}}\n'.encode()
        expected = text.encode()
    except UnicodeEncodeError:  # half a character: no bytes hold it
        return
    assert covered(whole) == [expected]


def test_a_look_alike_in_a_text_is_not_taken_for_it():
    inner = '{"code":"10000"}'
    trap = json.dumps(f'"{NODE}":{{"code":"40004"}}')
    assert covered(f'{{"msg":{trap},"{NODE}":{inner},"sign":"AA=="}}'.encode()) == [inner.encode()]
    nested = f'{{"x":{{"{NODE}":{inner}}},"sign":"AA=="}}'.encode()
    assert covered(nested) == []
    assert trouble(nested) is Trouble.GARBLED


@pytest.mark.parametrize(
    "body",
    [
        f'{{"{NODE}":{{"code":"10000"}},"{NODE}":{{"code":"10000"}},"sign":"AA=="}}',
        f'{{"{NODE}":{{"code":"10000"}},"sign":"AA==","sign":"AA=="}}',
        f'{{"{NODE}":{{"code":"10000","code":"10000"}},"sign":"AA=="}}',
        f'{{"{NODE}":{{"code":"10000","a":[{{"b":1,"b":2}}]}},"sign":"AA=="}}',
        f'{{"{NODE}":{{"code":"10000","c\\u006fde":"40004"}},"sign":"AA=="}}',
    ],
)
def test_what_is_there_twice_is_two_answers(body):
    assert trouble(body.encode()) is Trouble.GARBLED


def test_what_is_read_is_what_was_verified():
    # Alipay's own client tries the text with '\/' written as '/': then that is the text to read.
    came = f'{{"{NODE}":{{"code":"10000","msg":"a\\/b\\\\/c"}},"sign":"AA=="}}'.encode()
    said = heard(Exchanged(200, came), NODE, lambda text, _: text == b'{"code":"10000","msg":"a/b\\/c"}')
    assert said.body["msg"] == "a/b/c"


def test_it_verifies_before_it_believes_a_word():
    body = f'{{"{NODE}":{{"code":"10000","trade_status":"TRADE_SUCCESS"}},"sign":"AA=="}}'.encode()
    said = heard(Exchanged(200, body), NODE, lambda _text, _signature: False)
    assert (said.trouble, said.code, said.body) == (Trouble.SIGNATURE, "", {})


@pytest.mark.parametrize(
    ("problem", "hint"),
    [
        ("isv.invalid-signature", Trouble.KEYS),
        ("isv.invalid-app-id", Trouble.KEYS),
        ("isv.missing-signature-config", Trouble.KEYS),
        ("isv.invalid-timestamp", Trouble.CLOCK),
        ("isv.app-call-limited", Trouble.SIGNATURE),
        ("ACQ.TRADE_NOT_EXIST", Trouble.SIGNATURE),
    ],
)
def test_an_unsigned_refusal_is_a_hint_and_no_proof(problem, hint):
    for node in (NODE, "error_response"):
        body = json.dumps({node: {"code": "40002", "sub_code": problem}}).encode()
        said = heard(Exchanged(200, body), NODE, lambda _text, _signature: True)
        assert (said.trouble, said.code) == (hint, "")


@pytest.mark.parametrize(
    ("came", "trouble"),
    [
        (Exchanged(), Trouble.NO_ANSWER),
        (Exchanged(unsent=True), Trouble.NO_ANSWER),
        (Exchanged(502, b"{}"), Trouble.SERVER),
        (Exchanged(404, b"{}"), Trouble.GARBLED),
    ],
)
def test_what_is_no_answer_is_called_what_it_is(came, trouble):
    said = heard(came, NODE, lambda _text, _signature: True)
    assert (said.trouble, said.unsent) == (trouble, came.unsent)


@given(st.integers(min_value=0, max_value=100_000_000_00))
def test_fen_and_yuan_are_exact(minor):
    assert fen(yuan(minor)) == minor


@pytest.mark.parametrize(
    ("text", "minor"), [("0.01", 1), ("20", 2000), ("20.5", 2050), ("20.50", 2050), ("020.50", 2050)]
)
def test_amounts_may_be_short(text, minor):
    assert fen(text) == minor


@pytest.mark.parametrize(
    "text",
    [
        *("", ".5", "5.", "1.005", "-1.00", "+1.00", "1e2", " 1.00", "1.00\n", "1,00", "NaN", "0x10", "１.00", "1_0"),
        *("9" * 10, 1, 1.0, True, None, b"1.00", ["1.00"]),
    ],
)
def test_what_is_no_amount_is_none(text):
    assert fen(text) is None


def test_times_are_beijings():
    assert moment("2026-03-04 18:00:00") == datetime(2026, 3, 4, 10, tzinfo=UTC)
    for text in (None, "", "2026-03-04T18:00:00", "2026-02-30 00:00:00", "0001-01-01 00:00:00", 7):
        assert moment(text) is None
