#!/usr/bin/env python
"""Django's front door: `manage.py up` starts everything, every other command finds what it started."""

import os
import sys

from django.core.management import execute_from_command_line

from stack.processes.home import become_supervisor, home_of

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:] == ["up"]:
        become_supervisor()  # before Django is loaded, which it does not need
    if sys.argv[1:2] != ["up"]:  # by these it decides whether it starts servers of its own
        for name, value in home_of(os.environ).words().items():
            os.environ.setdefault(name, value)
    execute_from_command_line(sys.argv)
