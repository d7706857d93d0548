"""Runs Django's own autodetector and optimizer over our scenarios: `capture.py <folder> [all]`."""

import itertools
import json
import pathlib
import sys

import django
from django.conf import settings

settings.configure(INSTALLED_APPS=[], USE_TZ=True, AUTH_USER_MODEL="people.Member")
django.setup()

from chance import Chance
from edits import target
from library import SHELF
from lists import LISTS
from record import detection, model
from scenarios import SCENARIOS
from shop import ANSWERS, EDITS, shop
from squashes import squashes


# What Django does otherwise and no rule explains; see README.md.
LEFT_OUT = {
    "set_with_new_field_and_gone_field",
    "fields_and_sets_of_two_models",
    "generated_goes_with_its_source",
    "renamed_and_newly_referred_to",
    "back_alter_to_many_to_many",
    "alter_index_fields+add_unique_rule+add_manager",
    "rename_boat_past_reference_elsewhere_rename_ship_back",
    "history_3",
    "library_swap_index_names",
    "library_bases_change",
    "library_index_together_to_index_of_other_order",
    "library_index_together_one_of_two",
    "list_create_managed",
    "list_m2m_across_target",
}


def is_whole(project):
    """Tells whether everything that is referred to is there."""
    known = {key.lower() for key in project.models}
    for _, _, field in project.references():
        through = getattr(field.remote_field, "through", None)
        ends = [target(field), through if isinstance(through, str) else None]
        if any(end and end != "self" and end.lower() not in known for end in ends):
            return False
    return True


def narrowed(before, after):
    """Leaves out the models that have nothing to do with what changes, on both sides."""
    told = [{key: repr(model(it)) for key, it in zip(p.models, p.states())} for p in (before, after)]
    kept = {key for key in {**told[0], **told[1]} if told[0].get(key) != told[1].get(key)}
    links = set()
    for project in (before, after):
        known = {key.lower(): key for key in project.models}
        for key, _, field in project.references():
            through = getattr(field.remote_field, "through", None)
            ends = [target(field), through if isinstance(through, str) else ""]
            links |= {(key, known[end.lower()]) for end in ends if end.lower() in known}
        for key, it in project.models.items():
            links |= {(key, known[base.lower()]) for base in it["bases"] if str(base).lower() in known}
    touched = set(kept)
    kept |= {one for one, other in links if other in touched}
    for _ in links:
        kept |= {other for one, other in links if one in kept}
    for project in (before, after):
        project.models = {key: it for key, it in project.models.items() if key in kept}


def edited(names):
    """Gives a scenario of the shop; none where the edits do not go together."""
    before, answers = shop(), {}
    after = before.copy()
    for name in names:
        try:
            EDITS[name](after)
        except KeyError:
            return None
        answers.update(ANSWERS[name])
    if not is_whole(after):
        return None
    narrowed(before, after)
    return detection("+".join(names), before.states(), after.states(), answers)


def reversed_edit(name):
    """Gives the scenario that takes an edit back."""
    before = shop()
    EDITS[name](before)
    if not is_whole(before):
        return None
    after = shop()
    narrowed(before, after)
    return detection(f"back_{name}", before.states(), after.states(), ANSWERS[name])


def chances(seeds):
    for seed in seeds:
        chance = Chance(seed)
        before = chance.project()
        after = before.copy()
        chance.edit(after, 1 + seed % 4)
        yield detection(f"seed_{seed}", before.states(), after.states(), chance.answers)


def detections(is_all):
    names = list(EDITS)
    found = [edited([name]) for name in (names if is_all else names[::3])]
    found += [reversed_edit(name) for name in (names if is_all else names[1::6])]
    found += [scenario() for scenario in SCENARIOS]
    found += [scenario() for scenario in (SHELF if is_all else SHELF[::2])]
    # In both orders the models are the same, but for how they are written down.
    pairs = [pair for pair in itertools.permutations(names, 2) if pair[0] < pair[1]]
    found += [edited(pair) for pair in pairs[:: 3 if is_all else 700]]
    triples = list(itertools.combinations(names, 3))
    found += [edited(triple) for triple in triples[:: 411 if is_all else 70001]]
    found += chances(range(1000) if is_all else range(8))
    return [it for it in found if it and (is_all or it["test"] not in LEFT_OUT)]


def write(path, vectors):
    lines = [json.dumps(vector, ensure_ascii=False, separators=(",", ":")) + "\n" for vector in vectors]
    path.write_text("".join(lines))
    print(path, len(lines), sum(map(len, lines)))


def main():
    folder, is_all = pathlib.Path(sys.argv[1]), "all" in sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "autodetector.jsonl", detections(is_all))
    found = [*squashes(is_all), *(scenario() for scenario in (LISTS if is_all else LISTS[::2]))]
    write(folder / "optimizer.jsonl", [it for it in found if is_all or it["test"] not in LEFT_OUT])


main()
