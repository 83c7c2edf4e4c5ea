#include "seed/refused.hpp"

#include <utility>

#include <fmt/format.h>

namespace iamlocal::seed {
namespace {

std::string sentence(const tree::Place& place, std::string_view code, std::string_view message) {
    const std::string where = place.text();
    return fmt::format("{}{}{}{}{}", where, where.empty() ? "" : ": ", code, code.empty() ? "" : ": ", message);
}

}  // namespace

Refused::Refused(tree::Place place, std::string_view code, std::string_view message)
    : std::runtime_error(sentence(place, code, message)), place_(std::move(place)), code_(code), message_(message) {}

void refuse(const tree::Node& at, std::string_view message) { throw Refused(at.place(), {}, message); }

}  // namespace iamlocal::seed
