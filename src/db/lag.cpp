#include "db/lag.hpp"

namespace iamlocal::db {
namespace {

using std::chrono::microseconds;

/// 64 bits that look like chance, from where a number stands in a sequence (SplitMix64).
std::uint64_t scattered(std::uint64_t place) {
    place += 0x9e3779b97f4a7c15U;
    place = (place ^ (place >> 30)) * 0xbf58476d1ce4e5b9U;
    place = (place ^ (place >> 27)) * 0x94d049bb133111ebU;
    return place ^ (place >> 31);
}

}  // namespace

microseconds Lag::of(Sight sight, const AccountId& account, std::uint64_t number) const {
    std::uint64_t place = scattered(scattered(seed) ^ static_cast<std::uint64_t>(sight));
    for (const char c : account.view()) place = scattered(place ^ static_cast<unsigned char>(c));
    const auto half = static_cast<std::uint64_t>(microseconds(at_most).count()) / 2;
    const std::uint64_t more = scattered(place ^ scattered(number)) % (half + 1);
    return microseconds(static_cast<std::int64_t>(half + more));
}

}  // namespace iamlocal::db
