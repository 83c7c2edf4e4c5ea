// PEM, the text form of certificates and keys (RFC 7468).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iamlocal {

struct PemBlock {
    std::string label;  ///< "CERTIFICATE"
    std::string bytes;  ///< decoded

    friend bool operator==(const PemBlock&, const PemBlock&) = default;
};

/// The blocks of a text, at least one. White space may stand anywhere but in the lines that begin and end a block;
/// anything else outside of the blocks, and headers within, as encrypted keys have them, make it no PEM.
std::optional<std::vector<PemBlock>> parse_pem(std::string_view text);

/// One block in lines of 64 characters, with a final newline.
std::string write_pem(std::string_view label, std::string_view bytes);

}  // namespace iamlocal
