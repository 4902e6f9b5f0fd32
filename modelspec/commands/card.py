"""`modelspec card`."""

from __future__ import annotations

from pathlib import Path

import click

from modelspec.api import card
from modelspec.cards import CARD_FORMATS, FOR_A_PERSON
from modelspec.completions import complete_runs
from modelspec.console import OutputPath, say, show


@click.command("card", epilog="Example: modelspec card runs/penguins -o runs/penguins/README.md")
@click.argument("run", type=click.Path(path_type=Path), shell_complete=complete_runs)
@click.option(
    "-o",
    "--output",
    type=OutputPath(is_printed=True),
    help="The file to write; its ending says the format. By default the card is printed.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(CARD_FORMATS)),
    help="huggingface: a model card in markdown, with metadata. cyclonedx: a bill of materials, "
    "CycloneDX 1.6, in JSON.",
)
@click.option(
    "--license",
    metavar="ID",
    help="The licence of the model, such as apache-2.0. A run does not know it.",
)
@click.option(
    "--language",
    "languages",
    multiple=True,
    metavar="CODE",
    help="The language of the data, such as en; may be repeated.",
)
@click.option("--force", is_flag=True, help="Overwrite the file.")
def command(  # click passes each option by name
    run: Path,
    output: Path | None,
    form: str | None,
    license: str | None,
    languages: tuple[str, ...],
    force: bool,
) -> int:
    """Write the card of the complete run RUN, without TensorFlow.

    A card says what the model is, its data, training, metrics, limits, and how to load and
    reproduce it, all from the files of the run. What no file says, such as the intended use, is
    marked for a person to fill in.
    """
    text = card(run, output, form=form, license=license, languages=languages, force=force)
    if output is None:
        show(text, is_data=True)
        return 0
    say(f"wrote {output}")
    places = text.count(FOR_A_PERSON)
    if places:
        say(f'{places} places are marked "{FOR_A_PERSON}": no file of a run has that')
    return 0
