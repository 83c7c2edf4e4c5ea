// Proof of possession (RFC 9449): a token that a client signs for one request, with a key that it shows in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace iamlocal::signin {

/// By how much the time of a proof may be off, before and after.
constexpr std::chrono::minutes proof_tolerance{5};

struct ProvenRequest {
    std::string_view method;
    std::string_view url;
};

/// The thumbprint of the key (RFC 7638), if the proof is signed with it, is for this request, and was made within five
/// minutes of one of the times; nothing for everything else.
std::optional<std::string> verify_proof(std::string_view proof, const ProvenRequest& request, Seconds now,
                                        Seconds real_now);

}  // namespace iamlocal::signin
