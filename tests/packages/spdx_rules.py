"""What SPDX 2.3 demands of a document in JSON, as far as ours go: packages and their relationships.

The members, their kinds and the lists of values are those of the specification's JSON schema, which allows no others; the
other rules are of the text: of annex D for expressions, of annex F for references, and of clauses 6, 7 and 11.
"""

import re

TEXT = str
LICENSES = {"Apache-2.0", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "GPL-3.0-or-later", "LGPL-2.1-or-later", "MIT", "PostgreSQL",
            "Unicode-DFS-2015", "Zlib", "blessing"}
EXCEPTIONS = {"GCC-exception-3.1"}
HASHES = {"SHA1": 40, "SHA224": 56, "SHA256": 64, "SHA384": 96, "SHA512": 128, "SHA3-256": 64, "SHA3-384": 96, "SHA3-512": 128,
          "BLAKE2b-256": 64, "BLAKE2b-384": 96, "BLAKE2b-512": 128, "MD5": 32}
PURPOSES = {"APPLICATION", "FRAMEWORK", "LIBRARY", "CONTAINER", "OPERATING-SYSTEM", "DEVICE", "FIRMWARE", "SOURCE", "ARCHIVE", "FILE",
            "INSTALL", "OTHER"}
RELATIONSHIPS = {"DESCRIBES", "DESCRIBED_BY", "CONTAINS", "CONTAINED_BY", "DEPENDS_ON", "DEPENDENCY_OF", "STATIC_LINK", "DYNAMIC_LINK",
                 "GENERATED_FROM", "GENERATES", "BUILD_DEPENDENCY_OF", "RUNTIME_DEPENDENCY_OF", "VARIANT_OF", "COPY_OF", "OTHER"}
# Of annex F, by their categories.
REFERENCES = {"SECURITY": {"cpe22Type", "cpe23Type", "advisory", "fix", "url", "swid"},
              "PACKAGE-MANAGER": {"maven-central", "npm", "nuget", "bower", "purl"}, "PERSISTENT-ID": {"swh", "gitoid"}}

# Members by their kinds; those that must be there have a star.
DOCUMENT = {"*spdxVersion": TEXT, "*dataLicense": TEXT, "*SPDXID": TEXT, "*name": TEXT, "*documentNamespace": TEXT, "*creationInfo": dict,
            "comment": TEXT, "packages": list, "relationships": list}
CREATION = {"*created": TEXT, "*creators": list, "comment": TEXT, "licenseListVersion": TEXT}
PACKAGE = {"*SPDXID": TEXT, "*name": TEXT, "*downloadLocation": TEXT, "filesAnalyzed": bool, "versionInfo": TEXT, "packageFileName": TEXT,
           "supplier": TEXT, "originator": TEXT, "primaryPackagePurpose": TEXT, "homepage": TEXT, "sourceInfo": TEXT, "summary": TEXT,
           "description": TEXT, "comment": TEXT, "checksums": list, "externalRefs": list, "licenseConcluded": TEXT,
           "licenseDeclared": TEXT, "licenseComments": TEXT, "copyrightText": TEXT, "attributionTexts": list, "builtDate": TEXT,
           "releaseDate": TEXT, "validUntilDate": TEXT}
CHECKSUM = {"*algorithm": TEXT, "*checksumValue": TEXT}
REFERENCE = {"*referenceCategory": TEXT, "*referenceType": TEXT, "*referenceLocator": TEXT, "comment": TEXT}
RELATIONSHIP = {"*spdxElementId": TEXT, "*relatedSpdxElement": TEXT, "*relationshipType": TEXT, "comment": TEXT}

TIME = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"
URI = r"[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=%]+"
AGENT = r"(NOASSERTION|(Person|Organization): \S[^()]*( \([^()\s]*\))?)"
CREATOR = r"((Person|Organization): \S[^()]*( \([^()\s]*\))?|Tool: \S+-\S+)"


def check_expression(expression, there):
    """Identifiers joined by AND, OR and WITH; the standalone values NONE and NOASSERTION."""
    if expression in ("NONE", "NOASSERTION"):
        return
    for part in re.split(" (?:AND|OR) ", expression):
        license, _, exception = part.partition(" WITH ")
        assert license in LICENSES, (there, expression)
        assert not exception or exception in EXCEPTIONS, (there, expression)


def check_members(thing, members, there):
    assert isinstance(thing, dict), there
    known = {name.lstrip("*"): kind for name, kind in members.items()}
    assert set(thing) <= set(known), (there, set(thing) - set(known))
    assert {name[1:] for name in members if name.startswith("*")} <= set(thing), (there, sorted(thing))
    for name, value in thing.items():
        assert isinstance(value, known[name]), (there, name, value)
        assert value != "" and value != [], (there, name)
        if isinstance(value, str):
            assert value == value.strip() and "\n" not in value, (there, name, value)


def check_package(package):
    there = package.get("SPDXID")
    check_members(package, PACKAGE, there)
    assert re.fullmatch(r"SPDXRef-[a-zA-Z0-9.-]+", there), there
    for name in ("supplier", "originator"):
        assert re.fullmatch(AGENT, package.get(name, "NOASSERTION")), (there, name)
    assert package["downloadLocation"] in ("NONE", "NOASSERTION") or re.fullmatch(r"([a-z]+\+)?" + URI + "(#.+)?", package["downloadLocation"])
    assert re.fullmatch(URI, package.get("homepage", "https://none.example")), (there, package["homepage"])
    assert package.get("primaryPackagePurpose", "OTHER") in PURPOSES, there
    assert "/" not in package.get("packageFileName", ""), there
    for name in ("licenseConcluded", "licenseDeclared"):
        check_expression(package.get(name, "NOASSERTION"), there)
    for name in ("builtDate", "releaseDate", "validUntilDate"):
        assert name not in package or re.fullmatch(TIME, package[name]), (there, name)
    # Without it, or with true, there would have to be a verification code and files.
    assert package.get("filesAnalyzed") is False, there
    algorithms = []
    for checksum in package.get("checksums", []):
        check_members(checksum, CHECKSUM, there)
        algorithms.append(checksum["algorithm"])
        assert re.fullmatch(f"[0-9a-f]{{{HASHES[checksum['algorithm']]}}}", checksum["checksumValue"]), (there, checksum)
    assert len(algorithms) == len(set(algorithms)), there
    for reference in package.get("externalRefs", []):
        check_members(reference, REFERENCE, there)
        category = reference["referenceCategory"]
        assert category == "OTHER" or reference["referenceType"] in REFERENCES[category], (there, reference)
        assert not re.search(r"\s", reference["referenceLocator"]), (there, reference)
        if reference["referenceType"] == "purl":
            check_purl(reference["referenceLocator"], there)


def check_purl(locator, there):
    """pkg:type/namespace/name@version?qualifiers, where the version has no `:` and `+` unescaped."""
    assert re.fullmatch(r"pkg:[a-z][a-z0-9.+-]*(/[A-Za-z0-9._~%+-]+)+@[A-Za-z0-9._~%-]+(\?[a-z][a-z0-9._-]*=[^&#]+(&[a-z][a-z0-9._-]*=[^&#]+)*)?",
                        locator), (there, locator)


def check_document(document):
    """Fails where a validator of SPDX would, or has something to say about a document such as ours."""
    check_members(document, DOCUMENT, "document")
    assert document["spdxVersion"] == "SPDX-2.3" and document["dataLicense"] == "CC0-1.0" and document["SPDXID"] == "SPDXRef-DOCUMENT"
    assert re.fullmatch(URI, document["documentNamespace"]), document["documentNamespace"]
    creation = document["creationInfo"]
    check_members(creation, CREATION, "creationInfo")
    assert re.fullmatch(TIME, creation["created"]), creation
    assert all(re.fullmatch(CREATOR, creator) for creator in creation["creators"]), creation
    identifiers = ["SPDXRef-DOCUMENT"]
    for package in document["packages"]:
        check_package(package)
        identifiers.append(package["SPDXID"])
    assert len(identifiers) == len(set(identifiers))
    described = []
    for relation in document["relationships"]:
        check_members(relation, RELATIONSHIP, "relationships")
        assert relation["relationshipType"] in RELATIONSHIPS, relation
        assert relation["spdxElementId"] in identifiers, relation
        assert relation["relatedSpdxElement"] in (*identifiers, "NONE", "NOASSERTION"), relation
        if (relation["spdxElementId"], relation["relationshipType"]) == ("SPDXRef-DOCUMENT", "DESCRIBES"):
            described.append(relation["relatedSpdxElement"])
    assert described, "nothing is described"
