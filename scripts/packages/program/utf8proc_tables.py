"""Makes utf8proc's tables smaller: utf8proc_tables.py FROM TO, both a utf8proc_data.c.

Of what utf8proc knows of a character, the program asks for the category and the small letter. Without the rest most
characters are alike, and a seventh of the tables is left.
"""

import re
import sys

PAGE = 256
LOWERCASE = 7  # the members of utf8proc_property_t: the category is the first one
NONE = "UINT16_MAX"


def body(text: str, name: str) -> str:
    [found] = re.findall(rf"\b{name}\[\] = \{{(.*?)\n?\}};", text, re.DOTALL)
    return found


def numbers(text: str, name: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", body(text, name))]


def table(kind: str, name: str, values: list) -> str:
    rows = "\n".join("  " + " ".join(f"{value}," for value in values[at:at + 12]) for at in range(0, len(values), 12))
    return f"static const {kind} {name}[] = {{\n{rows}\n}};\n\n"


def main(source: str, target: str) -> None:
    with open(source, encoding="utf-8") as file:
        text = file.read()
    sequences = numbers(text, "utf8proc_sequences")
    first, second = numbers(text, "utf8proc_stage1table"), numbers(text, "utf8proc_stage2table")
    properties = [re.split(r",\s*", row) for row in re.findall(r"\{([^{}]*)\}", body(text, "utf8proc_properties"))]
    assert {len(row) for row in properties} == {17}

    # The small letters alone; one beyond the first plane takes two numbers.
    kept, places = [], {}
    for row in properties:
        if row[LOWERCASE] != NONE and row[LOWERCASE] not in places:
            at = int(row[LOWERCASE])
            assert at >> 14 == 0  # one character
            length = 2 if 0xD800 <= sequences[at] < 0xDC00 else 1
            places[row[LOWERCASE]] = len(kept)
            kept += sequences[at:at + length]

    # Row 0 is of what is no character, and stays where it is.
    rows, row_numbers = [], []
    for number, row in enumerate(properties):
        small = places.get(row[LOWERCASE], NONE)
        shorter = f"{{.category = {row[0]}, .lowercase_seqindex = {small}}}"
        if number == 0 or shorter not in rows[1:]:
            rows.append(shorter)
        row_numbers.append(0 if number == 0 else rows.index(shorter, 1))

    pages, page_numbers = [], []
    for at in first:
        page = [row_numbers[number] for number in second[at:at + PAGE]]
        if page not in pages:
            pages.append(page)
        page_numbers.append(pages.index(page) * PAGE)

    with open(target, "w", encoding="utf-8") as file:
        file.write(table("utf8proc_uint16_t", "utf8proc_sequences", kept))
        file.write(table("utf8proc_uint16_t", "utf8proc_stage1table", page_numbers))
        file.write(table("utf8proc_uint16_t", "utf8proc_stage2table", [number for page in pages for number in page]))
        file.write(table("utf8proc_property_t", "utf8proc_properties", rows))
        # For the functions that the library has besides, and that are not linked.
        file.write(table("utf8proc_uint16_t", "utf8proc_combinations", [0]))


main(*sys.argv[1:])
