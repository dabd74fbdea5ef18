"""Waits for facts, never for time alone."""

import time
from typing import Callable, TypeVar

T = TypeVar("T")

# Between two looks.
PAUSE_SECONDS = 0.05


class NotInTime(AssertionError):
    """A fact did not come about."""


def until(fact: str, look: Callable[[], T], seconds: float = 20, failing: tuple[type[Exception], ...] = ()) -> T:
    """Looks until it sees something true, and answers what it saw.

    `fact` says what is waited for, in words that follow "waited for". A look that ends with one of `failing` has seen
    nothing.
    """
    end = time.monotonic() + seconds
    last: object = None
    while True:
        try:
            last = look()
            if last:
                return last
        except failing as failure:
            last = failure
        if time.monotonic() > end:
            raise NotInTime(f"waited {seconds} s in vain for {fact}; last seen: {last!r}")
        time.sleep(PAUSE_SECONDS)
