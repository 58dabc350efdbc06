"""The one error that a user can cause or cure."""

from __future__ import annotations


class LabError(Exception):
    """Something a user can cause or cure.

    Args:
        what: one sentence that says what is wrong.
        cure: one sentence that says what to do about it.
        code: the exit status of the command line (1 failed, 2 usage, 3 the lab broke).

    Everything that is not a LabError is a defect of the lab and is shown with its traceback.
    """

    def __init__(self, what: str, cure: str, *, code: int = 1) -> None:
        super().__init__(what)
        self.what = what
        self.cure = cure
        self.code = code

    def __str__(self) -> str:
        return f"{self.what} {self.cure}"
