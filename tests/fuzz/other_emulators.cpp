// Any lines as the environment of LocalStack and moto: they must become settings or be refused, a variable that is none
// of theirs must change nothing, and addresses must stay addresses.
#include "cli/other_emulators.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

using namespace iamlocal;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto listen = cli::parse_gateway_listen(text)) {
        if (listen->empty()) std::abort();
        for (const std::string& address : *listen) {
            const auto again = cli::parse_gateway_listen(address);
            if (!again || again->size() != 1 || again->front() != address) std::abort();
        }
        std::vector<std::string> without = *listen;
        if (cli::leave_out_https(without) == without.empty()) std::abort();
    }
    cli::Environment environment;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        environment.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    for (const auto mode : {Config::Localstack::automatic, Config::Localstack::on, Config::Localstack::off})
        for (const auto& read : {cli::translate_localstack(environment, mode), cli::translate_moto(environment)}) {
            const auto* const translation = std::get_if<cli::Translation>(&read);
            if (translation == nullptr) continue;
            for (const cli::Translated& item : translation->settings)
                if (item.setting.empty() || item.value.empty()) std::abort();
        }
    const auto parsed = cli::parse_settings({}, environment, [](const std::string&) { return std::nullopt; });
    if (const auto* error = std::get_if<cli::UsageError>(&parsed))
        if (error->message.empty()) std::abort();
    return 0;
}
