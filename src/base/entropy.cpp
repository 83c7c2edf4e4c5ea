#include "base/entropy.hpp"

#include <stdexcept>

#include <openssl/rand.h>

namespace iamlocal {

void SystemEntropy::fill(std::span<unsigned char> out) {
    if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
        throw std::runtime_error("the system's random generator failed");
}

void SeededEntropy::fill(std::span<unsigned char> out) {
    const std::lock_guard lock(mutex_);
    for (unsigned char& byte : out) byte = static_cast<unsigned char>(generator_());
}

}  // namespace iamlocal
