"""CLI: `flask law give` prints the user data disclosed to an authority."""

import json

import click

from board.db import db
from board.db.commands import CommandGroup
from board.law.authorities.data_requests import DataRequest

law_cli = CommandGroup("law", help="Legal orders and disclosures.")


@law_cli.command("give")
@click.argument("request_id", type=int)
def give(request_id: int) -> None:
    """Print what a request registered at /desk/disclosures was given, and nothing else."""
    request = db.session.get(DataRequest, request_id)
    if request is None or not request.given:
        raise click.ClickException(f"Nothing was disclosed for request {request_id}.")
    click.echo(json.dumps(request.disclosed_data(), ensure_ascii=False, indent=2))
