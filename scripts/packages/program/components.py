"""What the standalone program is made of, beside its own sources."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Component:
    name: str
    # A Debian package that has it, with its copyright file: what was linked, or whose source was built.
    package: str
    # An expression of SPDX identifiers.
    license: str
    homepage: str
    # The static libraries, as the linker's map names them. None: headers alone.
    archives: tuple[str, ...] = ()
    # Texts of /usr/share/common-licenses that the copyright file refers to.
    common: tuple[str, ...] = ()
    # The folder of libraries/sources, where it was built from source.
    built: str | None = None


COMPONENTS = [
    Component("boost", "libboost1.81-dev", "BSL-1.0", "https://www.boost.org/"),
    Component("cli11", "libcli11-dev", "BSD-3-Clause", "https://github.com/CLIUtils/CLI11"),
    Component("fmt", "libfmt-dev", "MIT", "https://fmt.dev/", ("libfmt.a",), built="fmt"),
    Component("gcc-runtime", "libstdc++-12-dev", "GPL-3.0-or-later WITH GCC-exception-3.1", "https://gcc.gnu.org/",
              ("libstdc++.a", "libgcc.a", "libgcc_eh.a"), common=("GPL-3",)),
    Component("glibc", "libc6-dev", "LGPL-2.1-or-later", "https://www.gnu.org/software/libc/", ("libc.a", "libm.a", "libm-2.36.a", "libmvec.a"),
              common=("LGPL-2.1",)),
    # In the public domain, for which SPDX has no identifier.
    Component("liblzma", "liblzma-dev", "NOASSERTION", "https://tukaani.org/xz/", ("liblzma.a",), built="lzma"),
    Component("liboath", "liboath-dev", "LGPL-2.1-or-later", "https://www.nongnu.org/oath-toolkit/", ("liboath.a",), common=("LGPL-2.1",)),
    Component("libpq", "libpq-dev", "PostgreSQL", "https://www.postgresql.org/", ("libpq.a", "libpgcommon.a", "libpgport.a"), built="libpq"),
    Component("libxml2", "libxml2-dev", "MIT", "https://gitlab.gnome.org/GNOME/libxml2", ("libxml2.a",), built="libxml2"),
    Component("nlohmann-json", "nlohmann-json3-dev", "MIT", "https://json.nlohmann.me/"),
    Component("openssl", "libssl-dev", "Apache-2.0", "https://www.openssl.org/", ("libcrypto.a", "libssl.a"), common=("Apache-2.0",),
              built="openssl"),
    Component("pugixml", "libpugixml-dev", "MIT", "https://pugixml.org/", ("libpugixml.a",), built="pugixml"),
    Component("qrencode", "libqrencode-dev", "LGPL-2.1-or-later", "https://fukuchi.org/works/qrencode/", ("libqrencode.a",),
              common=("LGPL-2.1",), built="qrencode"),
    Component("sqlite", "libsqlite3-dev", "blessing", "https://www.sqlite.org/", ("libsqlite3.a",), built="sqlite3"),
    Component("utf8proc", "libutf8proc-dev", "MIT AND Unicode-DFS-2015", "https://juliastrings.github.io/utf8proc/", ("libutf8proc.a",),
              built="utf8proc"),
    Component("xmlsec1", "libxmlsec1-dev", "MIT", "https://www.aleksey.com/xmlsec/", ("libxmlsec1.a", "libxmlsec1-openssl.a"), built="xmlsec1"),
    Component("yaml-cpp", "libyaml-cpp-dev", "MIT", "https://github.com/jbeder/yaml-cpp", ("libyaml-cpp.a",), built="yaml_cpp"),
    Component("zlib", "zlib1g-dev", "Zlib", "https://zlib.net/", ("libz.a",)),
]
