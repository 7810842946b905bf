"""One thing that a verification found not to be as it was."""

from dataclasses import dataclass

from workflows.text import Text, say


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was. `seq` is the entry where it shows; None where no single entry is to blame."""

    chain: str
    seq: int | None
    says: str

    @property
    def text(self) -> Text:
        """The chain, the entry and what is wrong, in one sentence."""
        if self.seq:
            return say("entry {number} of {chain}: {what}", number=self.seq, chain=self.chain, what=self.says)
        return say("{chain}: {what}", chain=self.chain, what=self.says)

    def __str__(self) -> str:
        return str(self.text)
