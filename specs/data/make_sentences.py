"""Writes sentences.csv: English sentences and their French translations, from a small grammar.

python make_sentences.py

The sentences are made up; every one of them follows the rules below. French has what makes a
translation more than a list of words: gender and number of nouns, adjectives that agree and that
stand before or after the noun, elision, negation around the verb, and verbs by person and tense.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

Nouns = dict[tuple[str, str], tuple[str, str, bool]]

COUNT = 2400
SEED = 13
VOWELS = "aeiouhéê"

NOUNS = {  # English, singular and plural: French, singular and plural, whether feminine
    ("cat", "cats"): ("chat", "chats", False),
    ("dog", "dogs"): ("chien", "chiens", False),
    ("child", "children"): ("enfant", "enfants", False),
    ("teacher", "teachers"): ("professeur", "professeurs", False),
    ("friend", "friends"): ("ami", "amis", False),
    ("girl", "girls"): ("fille", "filles", True),
    ("woman", "women"): ("femme", "femmes", True),
    ("neighbour", "neighbours"): ("voisine", "voisines", True),
}
THINGS = {
    ("apple", "apples"): ("pomme", "pommes", True),
    ("house", "houses"): ("maison", "maisons", True),
    ("car", "cars"): ("voiture", "voitures", True),
    ("school", "schools"): ("école", "écoles", True),
    ("book", "books"): ("livre", "livres", False),
    ("garden", "gardens"): ("jardin", "jardins", False),
    ("tree", "trees"): ("arbre", "arbres", False),
    ("hat", "hats"): ("chapeau", "chapeaux", False),
}
BEFORE = {  # adjectives in front of the noun: masculine, feminine, and both in the plural
    "small": ("petit", "petite", "petits", "petites"),
    "big": ("grand", "grande", "grands", "grandes"),
    "pretty": ("joli", "jolie", "jolis", "jolies"),
}
AFTER = {  # adjectives behind the noun
    "green": ("vert", "verte", "verts", "vertes"),
    "white": ("blanc", "blanche", "blancs", "blanches"),
    "red": ("rouge", "rouge", "rouges", "rouges"),
    "quiet": ("calme", "calme", "calmes", "calmes"),
}
PRONOUNS = {
    "i": ("je", 0),
    "you": ("tu", 1),
    "he": ("il", 2),
    "she": ("elle", 2),
    "we": ("nous", 3),
}
VERBS = {  # base, third person, past; French stem, past participle
    ("like", "likes", "liked"): ("aim", "aimé"),
    ("look for", "looks for", "looked for"): ("cherch", "cherché"),
    ("find", "finds", "found"): ("trouv", "trouvé"),
    ("draw", "draws", "drew"): ("dessin", "dessiné"),
    ("show", "shows", "showed"): ("montr", "montré"),
    ("buy", "buys", "bought"): ("achet", "acheté"),
}
PRESENT = ("e", "es", "e", "ons", "ent")
FUTURE = ("erai", "eras", "era", "erons", "eront")
HAVE = ("ai", "as", "a", "avons", "ont")
ANY_ARTICLE, DEFINITE = ("the", "the", "a", "my"), ("the", "my")
"""After a verb that is negated, French has `de` for the others, which this grammar leaves out."""

ARTICLES = {"the": ("le", "la", "les"), "a": ("un", "une", "des"), "my": ("mon", "ma", "mes")}


class Phrase(NamedTuple):
    """A noun with what belongs to it, in both languages."""

    english: str
    french: str
    person: int


def elided(word: str, following: str) -> str:
    """The word, with an apostrophe where it loses its vowel."""
    if following[0] in VOWELS and word in ("le", "la", "je", "ne"):
        return f"{word[0]}' {following}"
    return f"{word} {following}"


def noun_phrase(choose: random.Random, nouns: Nouns, articles: Sequence[str]) -> Phrase:
    """An article, perhaps an adjective, and a noun."""
    names, (one, several, is_feminine) = choose.choice(list(nouns.items()))
    is_plural = choose.random() < 0.35
    english, french = (names[1], several) if is_plural else (names[0], one)
    form = is_feminine + 2 * is_plural
    kind = choose.random()
    adjective = ""
    if kind < 0.3:
        adjective, forms = choose.choice(list(BEFORE.items()))
        french = f"{forms[form]} {french}"
    elif kind < 0.6:
        adjective, forms = choose.choice(list(AFTER.items()))
        french = f"{french} {forms[form]}"
    article = choose.choice(articles)
    said = ARTICLES[article][2 if is_plural else int(is_feminine)]
    if article == "my" and said == "ma" and french[0] in VOWELS:
        said = "mon"
    if article == "a" and is_plural:
        article = "some"
        said = "de" if kind < 0.3 else "des"
    words = " ".join(word for word in (article, adjective, english) if word)
    return Phrase(words, elided(said, french), 4 if is_plural else 2)


def subject(choose: random.Random) -> Phrase:
    """A pronoun or a noun."""
    if choose.random() < 0.4:
        english, (french, person) = choose.choice(list(PRONOUNS.items()))
        return Phrase(english, french, person)
    return noun_phrase(choose, NOUNS, ANY_ARTICLE)


def verb_phrase(choose: random.Random, person: int) -> tuple[str, str, str]:
    """A verb in English, its French form, and the participle that follows it in the past."""
    (base, third, past), (stem, participle) = choose.choice(list(VERBS.items()))
    tense, is_negated = choose.choice(["present", "future", "past"]), choose.random() < 0.3
    if tense == "future":
        stem = stem.replace("achet", "achèt")
        english = f"will not {base}" if is_negated else f"will {base}"
        return english, negated(stem + FUTURE[person], is_negated), ""
    if tense == "past":
        english = f"did not {base}" if is_negated else past
        return english, negated(HAVE[person], is_negated), participle
    if person != 3:
        stem = stem.replace("achet", "achèt")
    english = third if person == 2 else base
    if is_negated:
        english = f"{'does' if person == 2 else 'do'} not {base}"
    return english, negated(stem + PRESENT[person], is_negated), ""


def negated(verb: str, is_negated: bool) -> str:
    """The verb between `ne` and `pas`."""
    return f"{elided('ne', verb)} pas" if is_negated else verb


def sentence(choose: random.Random) -> tuple[str, str]:
    """A sentence in both languages."""
    who = subject(choose)
    english, french, participle = verb_phrase(choose, who.person)
    what = noun_phrase(choose, THINGS, DEFINITE if " not " in f"{english} " else ANY_ARTICLE)
    said = elided("je", french) if who.french == "je" else f"{who.french} {french}"
    words = " ".join(word for word in (said, participle, what.french) if word)
    return f"{who.english} {english} {what.english}", words


def main() -> None:
    """Write the file."""
    choose = random.Random(SEED)
    pairs: dict[str, str] = {}
    while len(pairs) < COUNT:
        english, french = sentence(choose)
        pairs.setdefault(english, french)
    with (Path(__file__).parent / "sentences.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["english", "french"])
        writer.writerows(pairs.items())


if __name__ == "__main__":
    main()
