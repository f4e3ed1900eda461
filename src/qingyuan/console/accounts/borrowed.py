"""Texts of the log-in library whose Chinese is said better here: this app's catalogue goes before the library's.

They are marked only so that they stand in the catalogue; the library asks for them.
"""

from django.utils.translation import gettext_lazy as _

BORROWED = (
    _("Code"), _("Authenticator code"), _("Incorrect code."), _("Incorrect password."), _("Current Password"),
    _("New Password"), _("New Password (again)"), _("You must type the same password each time."),
    _("The username and/or password you specified are not correct."), _("Please type your current password."),
    _("Master key"), _("Backup key"), _("Be patient, you are sending too many requests."),
)
