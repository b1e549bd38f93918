"""Commands of the desk: `flask desk ...`."""

import click
from flask import current_app, json
from flask.cli import AppGroup, with_appcontext

from . import passwords, tokens
from .store import Store

desk = AppGroup("desk", help="Work of the desk, on the command line.")


def store():
    """The data; a command may come before the first visitor."""
    app = current_app._get_current_object()
    if "store" not in app.extensions:
        app.open()
    return app.store


@desk.command("fleet")
@click.option("--kind", default=None, help="Only boats of this kind.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def fleet(kind, as_json):
    """List the boats for hire."""
    boats = [boat for boat in store().fleet() if kind is None or boat.kind.value == kind]
    if as_json:
        click.echo(json.dumps(boats, indent=2))
        return
    for boat in boats:
        click.echo("%-12s %-10s %2d  %8s" % (boat.slug, boat.kind.value, boat.seats, boat.daily))


@desk.command("token")
@click.argument("login")
@click.option("--scope", "scopes", multiple=True, default=["read"])
def token(login, scopes):
    """Issue a token for the API."""
    member = store().member(login)
    if member is None:
        raise click.ClickException("no such member: %s" % login)
    click.echo(tokens.issue_api_token(member, scopes))


@desk.command("passwd")
@click.argument("login")
@click.password_option()
def passwd(login, password):
    """Set a member's password."""
    member = store().member(login)
    if member is None:
        raise click.ClickException("no such member: %s" % login)
    member.password = passwords.hash_password(password)
    click.echo("password of %s changed" % member.name)


@desk.command("about")
def about():
    """Say what the desk runs on."""
    click.echo("%s, %s" % (current_app.name, current_app.config["RUNNING_ON"]))


@desk.command("reload")
@click.confirmation_option(prompt="Forget all bookings made since the start?")
def reload_data():
    """Load the data afresh."""
    app = current_app._get_current_object()
    app.extensions["store"] = Store.from_file(app, app.config["SEED_FILE"])
    click.echo("%d boats, %d bookings" % (len(app.store.boats), len(app.store.bookings)))


@click.command("rules")
@with_appcontext
def rules():
    """Show the routes of the desk itself."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint != "static":
            click.echo("%-38s %s" % (rule.rule, rule.endpoint))


def init_app(app):
    app.cli.add_command(desk)
    app.cli.add_command(rules)
