"""orderwire user: make people, of the buying company or of a supplier. Groups are the roles of the approval policy."""

import argparse
import getpass
import secrets
import sys
from typing import Any


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("user", help="make people who sign in")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="make a person; a password is asked for, or made and printed once")
    create.add_argument("name", metavar="NAME", help="the sign-in name")
    create.add_argument("--group", action="append", default=[], help="a role of the policy; may be given several times")
    create.add_argument("--supplier", metavar="NUMBER", help="make it a supplier's person, who sees only its orders")
    create.add_argument("--email", default="", help="e-mail address")
    create.add_argument("--full-name", default="", help="the name that screens and the ledger show")
    create.add_argument("--generate", action="store_true", help="make a password even where one could be asked for")
    create.set_defaults(run=_create)
    password = actions.add_parser("password", help="make a new password and print it once; the old one is dead")
    password.add_argument("name", metavar="NAME", help="the sign-in name")
    password.set_defaults(run=_password)
    close = actions.add_parser("close", help="close an account: no sign-in, no approval; what it did stays on record")
    close.add_argument("name", metavar="NAME", help="the sign-in name")
    close.set_defaults(run=_close)


def _create(args: argparse.Namespace) -> int:
    from orderwire.installation import prepare

    prepare()
    from django.contrib.auth.models import Group
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from orderwire.records import Partner, User

    first, _, last = args.full_name.partition(" ")
    user = User(username=args.name, email=args.email, first_name=first, last_name=last)
    if args.supplier is not None:
        user.partner = Partner.objects.filter(number=args.supplier, role=Partner.Role.SUPPLIER).first()
        if user.partner is None:
            return _no(f"there is no supplier {args.supplier}")
        if args.group:
            return _no("a supplier's person has no role in the buying company; leave --group out")
    made = args.generate or not sys.stdin.isatty()
    password = secrets.token_urlsafe(15) if made else getpass.getpass("Password: ")
    if not made and password != getpass.getpass("Again: "):
        return _no("the two passwords differ")
    try:
        user.full_clean(exclude=["password"])
        validate_password(password, user)
    except ValidationError as failure:
        return _no(" ".join(failure.messages))
    user.set_password(password)
    with transaction.atomic():
        user.save()
        user.groups.set([Group.objects.get_or_create(name=name)[0] for name in args.group])
    whose = f" of {user.partner.name}" if user.partner else ""
    groups = f" in {', '.join(args.group)}" if args.group else ""
    print(f"Made {args.name}{whose}{groups}".rstrip(".") + ".")
    if made:
        print(f"Password: {password}")
    return 0


def _password(args: argparse.Namespace) -> int:
    from orderwire.installation import prepare

    prepare()
    from orderwire.records import User

    user = User.objects.filter(username=args.name).first()
    if user is None:
        return _no(f"there is no user {args.name}")
    password = secrets.token_urlsafe(15)
    user.set_password(password)
    user.save(update_fields=["password"])
    print(f"Password: {password}")
    return 0


def _close(args: argparse.Namespace) -> int:
    from orderwire.installation import prepare

    prepare()
    from orderwire.flow import approve
    from orderwire.records import User

    user = User.objects.filter(username=args.name).first()
    if user is None:
        return _no(f"there is no user {args.name}")
    user.is_active = False
    user.save(update_fields=["is_active"])
    print(f"Closed {args.name}.")
    for number in approve.account_closed(user, actor="system:command"):
        print(f"Order {number} was approved by {args.name} and not sent yet: another person must approve it.")
    return 0


def _no(reason: str) -> int:
    print(f"orderwire user: {reason}", file=sys.stderr)
    return 1
