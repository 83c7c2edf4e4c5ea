// Undoes the Content-Encoding of a request's body, within a limit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

namespace iamlocal::http {

/// Why a body cannot be decoded.
enum class ContentError {
    unknown_coding,  ///< neither gzip nor identity, or more than one gzip
    corrupt,         ///< not gzip, cut off, wrong checksum, or something behind the end
    too_large,       ///< larger than the limit once decoded
};

/// The decoded body: `body` itself for `identity` and no coding at all, else a view of `buffer`, whose memory is kept
/// between calls.
///
/// @param coding the value of Content-Encoding, possibly empty
/// @param limit  bytes that the decoded body may have at most
[[nodiscard]] std::variant<std::string_view, ContentError> decode_content(std::string_view coding,
                                                                          std::string_view body, std::string& buffer,
                                                                          std::size_t limit);

}  // namespace iamlocal::http
