"""``shoal key …`` and ``shoal user …``: who may send, and who may ask."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.access import KeyKind, Role
from shoal.cli.options import Json, project_of
from shoal.cli.output import print_json, print_table, say
from shoal.core.instants import format_instant

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
users = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Name = Annotated[str, typer.Option(metavar="N", help="What the key is called: where it is used.")]


@app.command()
def create(
    context: typer.Context,
    kind: Annotated[
        KeyKind, typer.Option(help="write sends behaviour and reads nothing; admin asks anything.")
    ],
    name: Name,
    json: Json = False,
) -> None:
    """Makes a key. Its secret is shown this once and kept nowhere."""
    from shoal.project.serving.served import create_key

    key, secret = create_key(project_of(context), kind, name, "cli")
    if json:
        print_json({"id": key.id, "kind": str(key.kind), "name": key.name, "key": secret})
    else:
        print(secret)
        say(f"This is shown once. Key {key.id}, {key.kind}: {key.name}.")


@app.command("list")
def list_keys(context: typer.Context, json: Json = False) -> None:
    """Every key, without its secret."""
    from shoal.store.accounts import Accounts

    keys = Accounts(project_of(context).store.books).all_keys()
    if json:
        print_json(
            [
                {
                    "id": key.id,
                    "kind": str(key.kind),
                    "name": key.name,
                    "created_at": format_instant(key.created_at),
                    "revoked_at": key.revoked_at and format_instant(key.revoked_at),
                }
                for key in keys
            ]
        )
    elif keys:
        print_table(
            ("id", "kind", "name", "state"),
            [(key.id, key.kind, key.name, "valid" if key.is_valid else "revoked") for key in keys],
        )
    else:
        print("There are no keys. Make one with `shoal key create --kind write --name shop`.")


@app.command()
def revoke(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="The key's number.")],
) -> None:
    """Closes a key for good; a running server knows within seconds."""
    from shoal.project.serving.served import revoke_key

    revoke_key(project_of(context), number, "cli")
    say(f"Key {number} is closed.")


@users.command("create")
def create_user(
    context: typer.Context,
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address to log in with.")],
    role: Annotated[Role, typer.Option(help="What they may do.")] = Role.VIEWER,
) -> None:
    """Makes a user; asks for the password, or reads it from stdin."""
    from shoal.access.passwords import check_password, hash_password
    from shoal.core.errors import UsageError
    from shoal.project.serving.served import create_user as make

    if "@" not in email:
        raise UsageError(f"`{email}` is no address", hint="write name@example.org")
    password = _password()
    check_password(password, name=email)
    user = make(project_of(context), email, role, hash_password(password), "cli")
    say(f"User {user.id}: {user.email}, {user.role}.")


@users.command("list")
def list_users(context: typer.Context, json: Json = False) -> None:
    """Everybody who may log in."""
    from shoal.store.accounts import Accounts

    found = Accounts(project_of(context).store.books).users()
    if json:
        print_json([{"id": it.id, "email": it.email, "role": str(it.role)} for it in found])
    elif found:
        print_table(("id", "email", "role"), [(it.id, it.email, it.role) for it in found])
    else:
        print("There are no users. Make one with `shoal user create EMAIL --role admin`.")


def _password() -> str:
    import sys

    if sys.stdin.isatty():
        return str(
            typer.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True)
        )
    return sys.stdin.readline().rstrip("\n")
