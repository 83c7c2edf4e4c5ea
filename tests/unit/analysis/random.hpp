// What the properties of random documents share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <rapidcheck.h>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/policy/naive/questions.hpp"

namespace iamlocal::analysis {

using Bytes = std::vector<std::uint8_t>;

/// Random requests that a case's document is asked about.
inline constexpr std::size_t requests_of_a_case = 24;

/// What choices are made of.
inline Bytes random_bytes(std::size_t count) {
    return *rc::gen::container<Bytes>(count, rc::gen::resize(100, rc::gen::arbitrary<std::uint8_t>()));
}

/// What a request is about, without an account that owns the resource.
inline naive::Facts random_request() {
    const Bytes bytes = random_bytes(100);
    naive::Facts facts = naive::Maker(bytes).facts();
    facts.resource_account.clear();
    return facts;
}

/// How often each kind of answer was given.
struct Counts {
    std::size_t none = 0;
    std::size_t found = 0;
    std::size_t doubt = 0;
    std::size_t allowed = 0;  ///< requests that the engine allowed
};

/// A property that is in doubt of most documents, or sees no request allowed, holds of nothing.
inline void expect_most_were_told(const Counts& counts) {
    fmt::print("{} never, {} can, {} in doubt; {} requests allowed\n", counts.none, counts.found, counts.doubt,
               counts.allowed);
    EXPECT_GT(counts.none, counts.doubt);
    EXPECT_GT(counts.found, counts.doubt);
    EXPECT_GT(counts.allowed, counts.found);
}

}  // namespace iamlocal::analysis
