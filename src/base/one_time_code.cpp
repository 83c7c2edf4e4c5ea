#include "base/one_time_code.hpp"

#include <array>
#include <cstdlib>
#include <liboath/oath.h>
#include <memory>
#include <stdexcept>

namespace iamlocal::one_time_code {
namespace {

constexpr unsigned digits = 6;
constexpr std::chrono::seconds step_length{30};

void require(int result, const char* what) {
    if (result != OATH_OK) throw std::runtime_error(std::string("liboath: ") + what + ": " + oath_strerror(result));
}

/// liboath wants to be told once that it is used.
void begin() {
    static const int result = oath_init();
    require(result, "start");
}

struct Free {
    void operator()(char* text) const { std::free(text); }
};
using Text = std::unique_ptr<char, Free>;

}  // namespace

std::int64_t step_of(Instant at) {
    constexpr auto first = Instant();
    // Rounded down, before 1970 too.
    return (at < first ? at - step_length + std::chrono::microseconds(1) : at).time_since_epoch() / step_length;
}

std::string at_step(std::string_view secret, std::int64_t step) {
    begin();
    std::array<char, digits + 1> code;
    require(oath_hotp_generate(secret.data(), secret.size(), static_cast<std::uint64_t>(step), digits, false,
                               OATH_HOTP_DYNAMIC_TRUNCATION, code.data()),
            "code");
    return {code.data(), digits};
}

std::string base32_encode(std::string_view bytes) {
    begin();
    char* text = nullptr;
    std::size_t size = 0;
    require(oath_base32_encode(bytes.data(), bytes.size(), &text, &size), "base32");
    const Text owner(text);
    return {text, size};
}

std::optional<std::string> base32_decode(std::string_view text) {
    begin();
    char* bytes = nullptr;
    std::size_t size = 0;
    if (oath_base32_decode(text.data(), text.size(), &bytes, &size) != OATH_OK) return std::nullopt;
    const Text owner(bytes);
    return std::string(bytes, size);
}

}  // namespace iamlocal::one_time_code
