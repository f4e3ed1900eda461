"""`python -m qingyuan.console …`: Django's own commands, such as migrate and makemigrations."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qingyuan.console.settings")
execute_from_command_line(sys.argv)
