"""Patterns of AWS's models, which are Java's, as Python's `re` has them."""

import functools
import re
import sys
import unicodedata


@functools.lru_cache(maxsize=None)
def category(letter):
    """The characters of a category such as \\p{L}, as the inside of a class in brackets."""
    ranges = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code))[0] == letter:
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)


@functools.lru_cache(maxsize=None)
def compiled(pattern):
    """`fullmatch` of it is what the model means. \\w and \\d are ASCII's, as in Java."""
    # Java reads four digits only; what the model means with a fifth and a sixth is clear.
    text = re.sub(r"\\u(10FFFF|10000)(?![0-9A-Fa-f])", lambda m: f"\\U{int(m[1], 16):08x}", pattern)
    text = re.sub(r"\\p\{(\w)\}", lambda m: category(m[1]), text)
    return re.compile(text, re.ASCII)
