"""The form of the catalogue's data files (src/catalogue/compressed_file.hpp describes it), for the scripts that write them."""
import collections
import lzma
import math
import re
import struct
import zlib

VERSION = 2
# A group is what is unpacked for one question: the larger, the smaller the file.
GROUP_SIZE = 256 * 1024
FILTERS = [{"id": lzma.FILTER_LZMA1, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0, "nice_len": 273,
            "dict_size": 4 * 1024 * 1024}]


def pack(data):
    """A raw LZMA stream with its marker of the end."""
    return lzma.compress(data, lzma.FORMAT_RAW, filters=FILTERS)


def alike_together(documents):
    """The numbers of policies' documents in an order in which what is alike lies together: behind a document comes the one
    that has most actions in common with the three before it, where actions that few documents name count most."""
    actions = [sorted(set(re.findall(rb"[a-z0-9-]+:[A-Za-z*]+", document))) for document in documents]
    named = collections.defaultdict(list)
    for number, names in enumerate(actions):
        for name in names:
            named[name].append(number)
    weights = {name: int(1000 * math.log(len(documents) / len(those))) * len(name) for name, those in named.items()}
    sizes = [1 + math.isqrt(sum(weights[name] for name in names)) for names in actions]

    left = set(range(len(documents)))
    order = [max(left, key=lambda number: (len(actions[number]), -number))]
    left.remove(order[0])
    while left:
        likeness = collections.Counter()
        for distance, before in enumerate(reversed(order[-3:]), 1):
            for name in actions[before]:
                if 1 < len(named[name]) < 200:
                    for number in named[name]:
                        if number in left:
                            likeness[number] += weights[name] * 6 // distance
        best = max(likeness or left, key=lambda number: (likeness[number] // sizes[number], -number))
        order.append(best)
        left.remove(best)
    return order


def groups_of(texts):
    """The first text, which is asked for first, is a group of its own."""
    groups = [[texts[0]], []]
    for text in texts[1:]:
        if groups[-1] and sum(map(len, groups[-1])) + len(text) > GROUP_SIZE:
            groups.append([])
        groups[-1].append(text)
    return [b"".join(group) for group in groups if group]


def write(path, kind, comment, texts):
    """Group 0 has the sizes of the texts. `comment`: lines for the file's head."""
    if any("\n" in line for line in comment):
        raise ValueError("a line of comment with a line end")
    head = f"iamlocal-catalogue {VERSION} {kind}\n" + "".join(f"# {line}\n" for line in comment) + "\n"
    groups = [b"".join(struct.pack("<I", len(text)) for text in texts), *groups_of(texts)]
    packed = [pack(group) for group in groups]
    table, end = [], 0
    for raw, group in zip(groups, packed):
        end += len(group)
        table.append(struct.pack("<II", end, len(raw)))
    rest = struct.pack("<I", len(packed)) + b"".join(table) + b"".join(packed)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head.encode() + struct.pack("<I", zlib.crc32(rest)) + rest)
    return path.stat().st_size


def read(path):
    """The texts of a file."""
    data = path.read_bytes()
    start = data.index(b"\n\n") + 6
    (count,) = struct.unpack_from("<I", data, start)
    table = [struct.unpack_from("<II", data, start + 4 + 8 * number) for number in range(count)]
    first, begin, groups = start + 4 + 8 * count, 0, []
    for end, _ in table:
        groups.append(lzma.decompress(data[first + begin:first + end], lzma.FORMAT_RAW, filters=FILTERS))
        begin = end
    content, at, texts = b"".join(groups[1:]), 0, []
    for (size,) in struct.iter_unpack("<I", groups[0]):
        texts.append(content[at:at + size])
        at += size
    return texts
