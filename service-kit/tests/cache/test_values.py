import pytest

from gennet_service_kit.cache.values import decode, encode, is_storable, new_token


@pytest.mark.parametrize("text", ["", "a", "é", "\0", "\r\n$5\r\n", "\ud800", "\ud83d\ude00", "😀"])
def test_a_text_is_the_same_after_it_was_stored(text: str) -> None:
    assert decode(encode(text)) == text


def test_two_texts_are_two_keys_even_where_they_are_no_unicode() -> None:
    texts = ["?", "\ud800", "\ud801", "\ufffd", "\ud83d\ude00", "😀"]

    assert len({encode(text) for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("value", "storable"),
    [("é" * 4, True), ("é" * 4 + "e", False), ("lease:", False), (new_token()[:8], False)],
)
def test_a_value_that_is_too_large_or_looks_like_a_lease_is_not_stored(
    value: str, storable: bool
) -> None:
    assert is_storable(value, 8) is storable
