"""What may stop the stack from starting, in words an operator can act on."""


class StackError(Exception):
    """The stack cannot start or go on; the message says why and what to do. Printed without a traceback."""
