#include "federation/algorithms.hpp"

#include <algorithm>
#include <iterator>

namespace iamlocal::federation {
namespace {

constexpr SignatureAlgorithm known_algorithms[] = {
    {"RS256", KeyKind::rsa, HashSize::sha256, RsaPadding::pkcs1},
    {"RS384", KeyKind::rsa, HashSize::sha384, RsaPadding::pkcs1},
    {"RS512", KeyKind::rsa, HashSize::sha512, RsaPadding::pkcs1},
    {"PS256", KeyKind::rsa, HashSize::sha256, RsaPadding::pss},
    {"PS384", KeyKind::rsa, HashSize::sha384, RsaPadding::pss},
    {"PS512", KeyKind::rsa, HashSize::sha512, RsaPadding::pss},
    {"ES256", KeyKind::p256, HashSize::sha256},
    {"ES384", KeyKind::p384, HashSize::sha384},
    {"ES512", KeyKind::p521, HashSize::sha512},
};

}  // namespace

const SignatureAlgorithm* find_algorithm(std::string_view name) {
    const auto* const found = std::find_if(std::begin(known_algorithms), std::end(known_algorithms),
                                           [&](const SignatureAlgorithm& known) { return known.name == name; });
    return found == std::end(known_algorithms) ? nullptr : found;
}

}  // namespace iamlocal::federation
