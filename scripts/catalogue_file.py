"""The form of the catalogue's data files (src/catalogue/compressed_file.hpp describes it), for the scripts that write them."""
import collections
import struct
import zlib

VERSION = 1
DICTIONARY_SIZE = 32768  # deflate looks no further back


def deflate(data, dictionary=b""):
    """A raw deflate stream."""
    if dictionary:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, dictionary)
    else:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return packer.compress(data) + packer.flush()


def make_dictionary(pieces):
    """The pieces of text that save most when they are known before, the best of them last, where deflate reaches them
    with the shortest distance. `pieces`: an iterable of texts, one per occurrence."""
    counts = collections.Counter(pieces)
    by_gain = sorted(((count - 1) * max(len(piece) - 3, 0), piece) for piece, count in counts.items())
    chosen, size = [], 0
    for gain, piece in reversed(by_gain):
        encoded = piece.encode()
        if gain <= 0 or size + len(encoded) > DICTIONARY_SIZE:
            break
        chosen.append(encoded)
        size += len(encoded)
    return b"".join(reversed(chosen))


def write(path, kind, comment, dictionary, blocks):
    """Block 0 is the dictionary, every other block is packed with its help. `comment`: lines for the file's head."""
    if any("\n" in line for line in comment):
        raise ValueError("a line of comment with a line end")
    head = f"iamlocal-catalogue {VERSION} {kind}\n" + "".join(f"# {line}\n" for line in comment) + "\n"
    packed = [deflate(dictionary)] + [deflate(block, dictionary) for block in blocks]
    table, end = [], 0
    for raw, block in zip([dictionary, *blocks], packed):
        end += len(block)
        table.append(struct.pack("<II", end, len(raw)))
    rest = struct.pack("<I", len(packed)) + b"".join(table) + b"".join(packed)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head.encode() + struct.pack("<I", zlib.crc32(rest)) + rest)
    return path.stat().st_size


def read(path):
    """The dictionary and the blocks of a file, unpacked."""
    data = path.read_bytes()
    start = data.index(b"\n\n") + 6
    (count,) = struct.unpack_from("<I", data, start)
    table = [struct.unpack_from("<II", data, start + 4 + 8 * number) for number in range(count)]
    first, begin, blocks = start + 4 + 8 * count, 0, []
    for end, _ in table:
        packed = data[first + begin:first + end]
        unpacker = zlib.decompressobj(-15, blocks[0]) if blocks else zlib.decompressobj(-15)
        blocks.append(unpacker.decompress(packed))
        begin = end
    return blocks[0], blocks[1:]
