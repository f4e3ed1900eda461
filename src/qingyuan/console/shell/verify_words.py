"""Words of the verifier in the browser: a sentence for each reason code of docs/formats.md, and what is beside it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

CODES: dict[str, Any] = {
    "recomputed": _("Everything holds, and the value was computed again from the telegrams."),
    "leaf_proven": _("Everything holds: the leaf stood in the ledger when the checkpoint was signed."),
    "no_value": _("Everything holds: it was published without a value."),
    "not_recomputed": _("Published and signed, but the value was not computed again."),
    "form": _("This is no proof, or the file was changed: its first line does not fit the rest, or it has "
              "another form."),
    "signature": _("Does not hold: a key line or a signature is wrong, or of a key that the file does not hold."),
    "unsigned": _("Does not hold: a ledger has not signed its checkpoint with a trusted key."),
    "witness": _("Does not hold: a witness whose key you gave has not signed a checkpoint."),
    "leaf": _("Does not hold: a leaf does not lead to its checkpoint."),
    "withheld": _("Does not hold: something said to be withheld is shown."),
    "unused": _("Does not hold: there is a leaf, a checkpoint or a step that nothing rests on."),
    "publication": _("Does not hold: the publication named is not that of the figure."),
    "figure": _("Does not hold: the figure is not in the publication."),
    "registry": _("Does not hold: no registry entry in the file says whose a telegram is, or it says otherwise."),
    "cut": _("Does not hold: a telegram or registry entry came after the publication, or is of another system."),
    "telegram": _("Does not hold: a telegram was not accepted, or does not state the factor."),
    "site": _("Does not hold: a telegram is of another station, or stations are mixed."),
    "period": _("Does not hold: a telegram is of another period or kind, or hours are out of their places."),
    "factor": _("Does not hold: a telegram states another factor, or factors are mixed."),
    "unit": _("Does not hold: a telegram was converted by another unit than the registered one."),
    "step": _("Does not hold: a step comes out otherwise, or there is no such step for these inputs."),
    "value": _("Does not hold: what the steps lead to is not the published value."),
}
FACE: dict[str, Any] = {
    "ui.checking": _("Checking …"), "ui.seconds": _("Checked in {seconds} s, in this browser."),
    "ui.at.leaf": _("(leaf {number} of the file)"), "ui.at.step": _("(step {number} of the file)"),
    "ui.figure": _("Figure"), "ui.no_value": _("no value"), "ui.telegrams": _("Telegrams"),
    "ui.steps": _("Steps of the computation"), "ui.stated": _("({count} of them only stated)"),
    "ui.checkpoints": _("Checkpoints"), "ui.size": _("{ledger}: {size} leaves"), "ui.and": _("; "),
    "ui.witnessed": _("co-signed by {name} at {time}"), "ui.not_witnessed": _("not co-signed by any witness yet"),
    "ui.keys": _("Signing keys"), "ui.signed": _("signed"), "ui.not_trusted": _("not among the keys you gave"),
    "ui.claimed": _("The file itself names these keys; compare them with what you know from elsewhere."),
    "ui.pinned": _("Only the keys you gave were trusted."), "ui.content": _("Content"),
    "ui.leaf": _("leaf {leaf} of ledger {ledger}, received {time}"),
    "ui.limits": _("What this proof does not show"),
    "ui.limit.sender": _("Who sent the telegrams: they are unsigned, and the proof begins at receipt."),
    "ui.limit.complete": _("That no telegram, station or later registry entry was left out."),
    "ui.limit.instrument": _("That the instrument was right."),
    "ui.limit.page": _("That this page is honest: whoever doubts it runs the verifier of one file."),
    "ui.keys_field": _("Keys that you trust, one a line (may stay empty)"),
    "ui.keys_help": _("Lines NAME+ID+KEY from elsewhere. Then only these count, and every witness among them must have "
                      "signed."),
    "ui.key_wrong": _("This line is no key: {key}"),
    "ui.too_large": _("This file is too large for a proof."),
    "ui.too_long": _("Checking took more than a minute and was ended. Use the verifier of one file."),
    "ui.broken": _("The check could not be started in this browser. Load the page anew, or use the verifier of one "
                   "file."),
    "ui.network": _("The proof could not be fetched; the system could not be reached. Try again."),
    "ui.not_fetched": _("The proof could not be fetched (code {status}). Load the page anew, then try again."),
    "ui.unread": _("The file could not be read. Choose it again."),
}


def words() -> dict[str, str]:
    """All of them as plain texts in the reader's language."""
    return {name: str(text) for name, text in (CODES | FACE).items()}
