import pytest

from gennet_service_kit.paging.memory import page_of
from gennet_service_kit.paging.page import InvalidCursorError, Page

ROWS = [(1, "a"), (4, "b"), (5, "c"), (9, "d")]


def test_pages_show_each_row_once_and_end() -> None:
    first = page_of(ROWS, 2, None)
    second = page_of(ROWS, 2, first.next)

    assert (first.rows, second.rows) == (["a", "b"], ["c", "d"])
    assert (first.newer, second.next) == (None, None)


def test_the_row_that_a_page_ended_with_may_be_removed() -> None:
    first = page_of(ROWS, 2, None)

    assert page_of(ROWS[2:], 2, first.next).rows == ["c", "d"]


def test_the_last_page_leads_on_to_what_is_added_afterwards() -> None:
    last = page_of(ROWS, 10, None)
    nothing = page_of(ROWS, 10, last.newer)
    later = page_of([*ROWS, (12, "e")], 10, nothing.newer)

    assert (nothing.rows, later.rows) == ([], ["e"])


def test_an_empty_list_has_one_page() -> None:
    empty: Page[str] = page_of([], 10, None)

    assert (empty.rows, empty.next) == ([], None)
    assert page_of(ROWS, 10, empty.newer).rows == ["a", "b", "c", "d"]


@pytest.mark.parametrize("cursor", ["", "?", "eyJhZnRlciI6LTF9", "eyJiIjoxfQ", "ä"])
def test_a_cursor_that_is_not_of_the_list_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursorError):
        page_of(ROWS, 10, cursor)
