#include "base/entropy.hpp"

#include <algorithm>
#include <stdexcept>
#include <unistd.h>

#include "base/crypto.hpp"

namespace iamlocal {

SystemEntropy::~SystemEntropy() { wipe(stock_); }

void SystemEntropy::fill(std::span<unsigned char> out) {
    const std::lock_guard lock(mutex_);
    while (!out.empty()) {
        if (used_ == most) {
            if (::getentropy(stock_.data(), most) != 0)
                throw std::runtime_error("the system's random generator failed");
            used_ = 0;
        }
        const std::span<unsigned char> piece = std::span(stock_).subspan(used_, std::min(out.size(), most - used_));
        std::copy(piece.begin(), piece.end(), out.begin());
        wipe(piece);
        used_ += piece.size();
        out = out.subspan(piece.size());
    }
}

SeededEntropy::SeededEntropy(std::uint64_t seed, std::uint64_t number) : number_(number) { restart_with(seed); }

void SeededEntropy::restart_with(std::uint64_t seed) {
    const std::lock_guard lock(mutex_);
    if (number_) {
        std::seed_seq words{seed & 0xffffffffU, seed >> 32, *number_ & 0xffffffffU, *number_ >> 32};
        begin_.seed(words);
    } else {
        begin_.seed(seed);
    }
    generator_ = begin_;
}

void SeededEntropy::restart() {
    const std::lock_guard lock(mutex_);
    generator_ = begin_;
}

void SeededEntropy::fill(std::span<unsigned char> out) {
    const std::lock_guard lock(mutex_);
    for (unsigned char& byte : out) byte = static_cast<unsigned char>(generator_());
}

}  // namespace iamlocal
